/** An error as Azure Resource Manager words it: HTTP status, `error.code`, message, and what it is about. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;
  readonly target: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly target?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.target = more.target;
    this.headers = more.headers ?? {};
  }
}

/** The error's body in ARM's common form. */
export function armErrorBody(error: ArmError): object {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.target === undefined ? {} : { target: error.target }),
      details: [],
    },
  };
}
