/** Frequencies of two notes, a fifth apart, hertz. */
const NOTES = [659.3, 987.8];
/** Share of full volume. */
const VOLUME = 0.06;
/** Seconds between the notes, and until the last has faded out. */
const APART = 0.14;
const FADE = 0.5;

/**
 * Plays two quiet notes. A browser allows sound only after the user has pressed something in the page; before that, it
 * stays silent.
 */
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
