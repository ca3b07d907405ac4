import type { Environment } from "../config/home-folders.ts";
import type { ExitStatus } from "../domain/exit-status.ts";
import type { Output } from "./output.ts";

export interface CommandOption {
  readonly name: string;
  /** What stands for its value in the help; a yes/no option has none. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  readonly help: string;
}

/** The streams a command talks to. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface CommandContext {
  readonly positionals: readonly string[];
  readonly flags: Flags;
  /** `--home DIR`, where given. */
  readonly home: string | undefined;
  readonly json: boolean;
  /** The whole table, `help` too, for commands that describe it. */
  readonly commands: readonly Command[];
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly output: Output;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** What was given for the options of a command. */
export interface Flags {
  isSet(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
}

/** One line of the table in commands.ts; everything about a command is in its own file. */
export interface Command {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** Its arguments as the help shows them, such as `ID…`; empty for none. */
  readonly usage: string;
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly options: readonly CommandOption[];
  /** A whole command line that does something useful. */
  readonly example: string;
  run(context: CommandContext): Promise<ExitStatus>;
}
