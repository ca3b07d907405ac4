import { z } from "zod";

// Imported before any schema is made: zod compiles parsers with `new Function`, which the page's rules refuse.
z.config({ jitless: true });
