import { adopt } from "./adopt.ts";
import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { doctor } from "./doctor.ts";
import { get } from "./get.ts";
import { init } from "./init.ts";
import { logs } from "./logs.ts";
import { man } from "./man.ts";
import { move } from "./move.ts";
import { open } from "./open.ts";
import { pause } from "./pause.ts";
import { plan } from "./plan.ts";
import { quota } from "./quota.ts";
import { repair } from "./repair.ts";
import { resume } from "./resume.ts";
import { search } from "./search.ts";
import { serve } from "./serve.ts";
import { service } from "./service.ts";
import { show } from "./show.ts";
import { status } from "./status.ts";
import { support } from "./support.ts";
import { sync } from "./sync.ts";
import { verify } from "./verify.ts";
import { why } from "./why.ts";

/** Every command but `help`, in the order in which a newcomer needs them. */
export const commands: readonly Command[] = [
  init,
  plan,
  sync,
  serve,
  open,
  status,
  search,
  show,
  get,
  quota,
  why,
  verify,
  repair,
  adopt,
  move,
  pause,
  resume,
  logs,
  service,
  doctor,
  support,
  completion,
  man,
];
