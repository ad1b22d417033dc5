const WIDTH = 30;

/** `████████░░░░  41 %  words`; `fraction` outside 0 to 1 is drawn as the nearest end. */
export function progressBar(fraction: number, words: string): string {
  const shown = Math.min(1, Math.max(0, fraction));
  const filled = Math.round(shown * WIDTH);
  const percent = String(Math.floor(shown * 100)).padStart(3);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent} %  ${words}`;
}
