/** The machine cannot build the image; the message names what it lacks. */
export class MachineLacks extends Error {
  override readonly name = 'MachineLacks';
}
