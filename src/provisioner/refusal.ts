/**
 * The claim or its class asks for what cannot be: nothing has been created, and trying again changes nothing until
 * somebody changes one of them. The message is shown in an event.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
