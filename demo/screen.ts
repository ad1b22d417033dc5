import { styleText } from 'node:util';

/** Where the demo writes; colour and a moving bar only on a terminal that wants them. */
export interface Screen {
  heading(text: string): void;
  /** What the demo has to say, as opposed to what a command printed. */
  say(text: string): void;
  command(line: string): void;
  output(text: string): void;
  /** For output that comes while a command runs: each line appears when it is whole. */
  lines(): LineSink;
  /** One line that is drawn over again on a terminal; elsewhere a line for each new `step`. */
  progress(text: string, step: number): void;
  /** Leaves the bar as it stands; nothing where none is drawn. */
  endProgress(): void;
}

export interface LineSink {
  write(chunk: string): void;
  /** Writes what has no newline yet. */
  end(): void;
}

export function openScreen(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const live = stream.isTTY === true;
  const colour = live && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const line = (text: string) => stream.write(`${text}\n`);
  let lastStep = -1;
  return {
    heading: (text) => line(`\n${paint(['bold'], text)}`),
    say: (text) => line(paint('cyan', `# ${text}`)),
    command: (text) => line(`${paint('green', '$')} ${paint('bold', text)}`),
    output: (text) => {
      const trimmed = text.replace(/\n+$/, '');
      if (trimmed) line(trimmed.replace(/^/gm, '  '));
    },
    lines: () => {
      let rest = '';
      return {
        write: (chunk) => {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop() ?? '';
          for (const part of parts) line(part && `  ${part}`);
        },
        end: () => {
          if (rest) line(`  ${rest}`);
        },
      };
    },
    progress: (text, step) => {
      if (live) stream.write(`\r\x1b[K  ${text}`);
      else if (step !== lastStep) line(`  ${text}`);
      lastStep = step;
    },
    endProgress: () => {
      if (live && lastStep >= 0) stream.write('\n');
      lastStep = -1;
    },
  };
}
