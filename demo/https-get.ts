import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

/** One GET under a certificate authority of the sandbox's; resolves with the answer's beginning, whatever its status. */
export async function httpsGet(
  url: URL,
  options: {
    readonly ca: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
): Promise<IncomingMessage> {
  const { ca, headers, signal } = options;
  const asked = request(url, { headers, ...(ca !== undefined && { ca }), ...(signal && { signal }) });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}
