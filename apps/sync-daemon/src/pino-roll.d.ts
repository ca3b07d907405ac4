declare module "pino-roll" {
  import type { EventEmitter } from "node:events";

  /** The part of its options and of the SonicBoom stream it opens that log.ts uses; the package brings no types. */
  interface RollingFile extends EventEmitter {
    readonly destroyed: boolean;
    write(text: string): boolean;
    end(): void;
    on(event: "error", listener: (error: Error) => void): this;
    once(event: "ready" | "close", listener: () => void): this;
    once(event: "error", listener: (error: Error) => void): this;
  }

  export default function openRollingFile(options: {
    file: string;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    mode: number;
  }): Promise<RollingFile>;
}
