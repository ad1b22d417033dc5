/** Berth's version; a test holds it equal to package.json's. */
export const version = '0.1.0';

/** The newest CSI release whose wire Berth speaks. */
export const csiVersion = '1.12.0';
