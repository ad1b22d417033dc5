/** A request a service answers with an error. Code, status and words are AWS' own where it documents them. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  /** Members of the error besides its words, e.g. AccessPointId. */
  readonly members: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.members = members;
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}
