import { spawnSync } from "node:child_process";

/** A name of the cable's end, the same in both. */
const cable = "up0";
const addresses = { artist: "10.99.0.1", shop: "10.99.0.2" } as const;
export type Machine = keyof typeof addresses;

/**
 * Two network namespaces with a cable between them. What the artist's machine sends to `127.0.0.1` at the shop's ports
 * goes over the cable to the shop's machine: without TLS the daemon speaks to loopback only.
 */
export interface TwoMachines {
  /** What is put in front of a command so that it runs there. */
  on(machine: Machine): string[];
  /** Runs a command there that must work. */
  run(machine: Machine, ...command: string[]): string;
  /** Leads the artist's calls to these ports to the shop. */
  connect(ports: readonly number[]): void;
  /** Packets out of each machine are lost: that share of a hundred, or all. */
  lose(percent: number): void;
  /** How many packets were lost; from then on none is. */
  stopLosing(): number;
  /** Narrows what the shop sends; null for as fast as it goes. */
  narrow(kilobits: number | null): void;
  /** The cable is pulled out of the artist's machine, or put in. */
  plug(state: "down" | "up"): void;
  /** The artist's machine takes another address. */
  changeAddress(): void;
  /** Connections that the artist's machine began towards the shop since it was last asked, each repeated SYN counted. */
  takeAttempts(): number;
  addressOf(machine: Machine): string;
  close(): void;
}

function must(...[program = "", ...args]: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

let made = 0;

export function makeTwoMachines(): TwoMachines {
  made += 1;
  const nameOf = (machine: Machine) => `asset-sync-${process.pid}-${made}-${machine}`;
  const machines: Machine[] = ["artist", "shop"];
  let address: string = addresses.artist;
  const on = (machine: Machine) => ["ip", "netns", "exec", nameOf(machine)];
  const run = (machine: Machine, ...command: string[]) => must(...on(machine), ...command);
  const nft = (machine: Machine, rules: string) => {
    const { status, stderr } = spawnSync("ip", ["netns", "exec", nameOf(machine), "nft", "-f", "-"], {
      input: rules,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`nft: ${stderr}`);
  };
  const close = () => {
    for (const machine of machines) spawnSync("ip", ["netns", "del", nameOf(machine)]);
  };
  try {
    for (const machine of machines) must("ip", "netns", "add", nameOf(machine));
    const [artist, shop] = [nameOf("artist"), nameOf("shop")];
    must("ip", "link", "add", cable, "netns", artist, "type", "veth", "peer", "name", cable, "netns", shop);
    for (const machine of machines) {
      run(machine, "ip", "link", "set", "lo", "up");
      // One packet is one packet, not forty in one piece: loss and rate are about packets.
      run(machine, "ip", "link", "set", cable, "gso_max_segs", "1", "up");
      run(machine, "ip", "address", "add", `${addresses[machine]}/24`, "dev", cable);
      run(machine, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet");
      nft(
        machine,
        `table ip faults {
           counter lost { }
           chain out { type filter hook output priority 0
           }
         }`,
      );
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    on,
    run,
    connect(ports) {
      const list = `{ ${ports.join(", ")} }`;
      nft(
        "artist",
        `table ip cable {
           counter attempts { }
           chain out { type nat hook output priority -100
             ip daddr 127.0.0.1 tcp dport ${list} counter name attempts dnat to ${addresses.shop}
           }
           chain post { type nat hook postrouting priority 100
             oifname "${cable}" masquerade
           }
         }`,
      );
      nft(
        "shop",
        `table ip cable {
           chain in { type nat hook prerouting priority -100
             iifname "${cable}" tcp dport ${list} dnat to 127.0.0.1
           }
         }`,
      );
    },
    lose(percent) {
      const share = percent >= 100 ? "" : `numgen random mod 100 < ${percent}`;
      for (const machine of machines) {
        nft(machine, `add rule ip faults out oifname "${cable}" ${share} counter name lost drop\n`);
      }
    },
    stopLosing() {
      let lost = 0;
      for (const machine of machines) {
        nft(machine, "flush chain ip faults out\n");
        lost += Number(/packets (\d+)/.exec(run(machine, "nft", "reset", "counter", "ip", "faults", "lost"))?.[1] ?? 0);
      }
      return lost;
    },
    narrow(kilobits) {
      if (kilobits === null) run("shop", "tc", "qdisc", "del", "dev", cable, "root");
      else {
        const rate = ["rate", `${kilobits}kbit`, "burst", "3000", "limit", "60000"];
        run("shop", "tc", "qdisc", "replace", "dev", cable, "root", "tbf", ...rate);
      }
    },
    plug: (state) => void run("artist", "ip", "link", "set", cable, state),
    changeAddress() {
      const next = address === addresses.artist ? "10.99.0.77" : addresses.artist;
      run("artist", "ip", "address", "del", `${address}/24`, "dev", cable);
      run("artist", "ip", "address", "add", `${next}/24`, "dev", cable);
      address = next;
    },
    takeAttempts() {
      const said = run("artist", "nft", "reset", "counter", "ip", "cable", "attempts");
      return Number(/packets (\d+)/.exec(said)?.[1] ?? 0);
    },
    addressOf: (machine) => (machine === "artist" ? address : addresses.shop),
    close,
  };
}

/** Why no such machines can be made here; null where they can. */
export function explainNoMachines(): string | null {
  if (process.getuid?.() !== 0) return "network namespaces take root";
  let machines: TwoMachines | undefined;
  try {
    machines = makeTwoMachines();
    machines.connect([9]);
    machines.narrow(56);
    return null;
  } catch (error) {
    return `no network namespaces with nft and tc can be made here (${String(error).trim().split("\n", 1)[0]})`;
  } finally {
    machines?.close();
  }
}
