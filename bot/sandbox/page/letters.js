// Chinese letters for machines that have none: there before anything is written with them.

const PATIENCE = 1500;

export async function letters() {
  // Chromium keeps the boxes that it drew before a font came, so what follows waits for it.
  const faces = ["400 1em Letters", "700 1em Letters"].map((face) => document.fonts.load(face, "字"));
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  await Promise.race([Promise.allSettled(faces), late]);
  document.documentElement.classList.add("lettered");
}
