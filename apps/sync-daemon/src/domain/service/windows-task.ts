import { escapeXml } from "./escape-xml.ts";
import { listServiceArguments, restartLimits, type ServiceCommand, serviceMarker } from "./service-command.ts";

/**
 * A task of the Task Scheduler (its schema 1.2, of Windows 7 and newer), started when `user` signs in, without more
 * rights than they have. `schtasks` reads it as UTF-16.
 */
export function formatWindowsTask(command: ServiceCommand, user: string): string {
  const words = listServiceArguments(command).map(quoteArgument).join(" ");
  const xml = escapeXml;
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${serviceMarker}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger><UserId>${xml(user)}</UserId></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure><Interval>PT1M</Interval><Count>${restartLimits.times}</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(command.node)}</Command>
      <Arguments>${xml(words)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** As C programs on Windows take a command line apart (CommandLineToArgvW): backslashes count only before a quote. */
function quoteArgument(word: string): string {
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
