/** Two notes, a fifth apart, hertz. */
const NOTES = [659.3, 987.8];
/** Of full volume. */
const VOLUME = 0.06;
/** From one note to the next, and until the last has faded, seconds. */
const APART = 0.14;
const FADE = 0.5;

/** Plays two quiet notes. A browser lets a page sound once something was pressed in it; before, nothing is heard. */
export async function playChime(): Promise<void> {
  if (!navigator.userActivation.hasBeenActive) return;
  const context = new AudioContext();
  await context.resume();
  const ends = NOTES.map((frequency, index) => {
    const start = context.currentTime + index * APART;
    const oscillator = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + FADE);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + FADE);
    return new Promise((resolve) => oscillator.addEventListener("ended", resolve));
  });
  await Promise.all(ends);
  await context.close();
}
