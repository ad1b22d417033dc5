/**
 * Flags that the image's entry point gives Node, by bundle. A thousand claims leave a controller with 35 MB less when V8
 * optimizes for size; the node plugin has nothing to gain by it. The chart adds the sizes of the heap in NODE_OPTIONS,
 * where users can change them; `--optimize-for-size` is not allowed there.
 */
export const nodeFlags = {
  node: ['--disable-warning=ExperimentalWarning'],
  controller: ['--disable-warning=ExperimentalWarning', '--optimize-for-size'],
  directories: ['--disable-warning=ExperimentalWarning'],
} as const;
