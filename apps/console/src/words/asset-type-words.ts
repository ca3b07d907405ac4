import { defineWords } from "./define-words.ts";

/** The four libraries, as Blender's users call what is in them. */
export const assetTypeWords = defineWords({
  model: { en: "Model", de: "Modell" },
  material: { en: "Material", de: "Material" },
  geonode: { en: "Geometry nodes", de: "Geometrie\u00ADknoten" },
  fx: { en: "Effect", de: "Effekt" },
});
