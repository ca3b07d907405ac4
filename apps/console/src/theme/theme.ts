import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Our accent, a quiet teal. Shade 7 on white and shade 4 on the dark ground have a contrast above 4.5. */
const teal: MantineColorsTuple = [
  "#effaf8",
  "#d9f2ee",
  "#b0e4dc",
  "#7fd3c8",
  "#4fbfb2",
  "#2ba396",
  "#15887d",
  "#0f766e",
  "#0d5f59",
  "#0a4843",
];

const systemFonts =
  'system-ui, -apple-system, "Segoe UI Variable", "Segoe UI", Roboto, "Noto Sans", Cantarell, "Helvetica Neue", sans-serif';

export const theme = createTheme({
  colors: { accent: teal },
  primaryColor: "accent",
  primaryShade: 7,
  autoContrast: true,
  fontFamily: systemFonts,
  headings: { fontFamily: systemFonts, fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
});
