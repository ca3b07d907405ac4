/** Exit statuses of the command line, settled in the project's contracts. */
export const exitStatuses = {
  done: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  quota: 4,
  disk: 5,
  unreachable: 6,
  homeTaken: 7,
} as const;

export type ExitStatus = (typeof exitStatuses)[keyof typeof exitStatuses];
