import type { DescribedCommandLine, DescribedOption } from "./describe-command-line.ts";

/** For Windows PowerShell 5.1 and PowerShell 7; folders and files are completed by the shell itself. */
export function formatPowershellCompletion({ commands, globalOptions }: DescribedCommandLine): string {
  const words = (value: DescribedOption["value"]) => (value?.kind === "words" ? value.words : []);
  const list = (items: readonly string[]) => `@(${items.map(quote).join(", ")})`;
  const table = (entries: readonly (readonly [string, string])[]) =>
    entries.map(([key, value]) => `    ${quote(key)} = ${value}`);
  const optionsOf = (options: readonly DescribedOption[]) => list(options.map(({ name }) => `--${name}`));
  const values = commands.flatMap(({ name, options }) =>
    options.filter(({ value }) => words(value).length > 0).map((option) => ({ name, option })),
  );
  const takesValue = [...globalOptions, ...commands.flatMap(({ options }) => options)]
    .filter(({ value }) => value !== null)
    .map(({ name }) => `--${name}`);
  return [
    "# PowerShell completion for asset-sync, made by `asset-sync completion powershell`",
    "Register-ArgumentCompleter -Native -CommandName asset-sync -ScriptBlock {",
    "  param($wordToComplete, $commandAst, $cursorPosition)",
    "  $commands = [ordered]@{",
    ...table(commands.map(({ name, summary }) => [name, quote(summary)])),
    "  }",
    "  $options = @{",
    ...table(commands.map(({ name, options }) => [name, optionsOf(options)])),
    "  }",
    "  $arguments = @{",
    ...table(
      commands.flatMap(({ name, argument }) =>
        argument?.kind === "words" ? [[name, list(argument.words)] as const] : [],
      ),
    ),
    "  }",
    "  $values = @{",
    ...table(values.map(({ name, option }) => [`${name} --${option.name}`, list(words(option.value))])),
    "  }",
    `  $takesValue = ${list([...new Set(takesValue)])}`,
    `  $global = ${optionsOf(globalOptions)}`,
    "  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })",
    "  $command = ''",
    "  for ($index = 1; $index -lt $words.Count; $index++) {",
    "    if ($takesValue -contains $words[$index]) { $index++ }",
    "    elseif (-not $words[$index].StartsWith('-')) { $command = $words[$index]; break }",
    "  }",
    "  $previous = $words[-1]",
    '  if ($values.ContainsKey("$command $previous")) { $found = $values["$command $previous"] }',
    "  elseif ($takesValue -contains $previous) { return }",
    "  elseif ($wordToComplete.StartsWith('-')) { $found = @($options[$command]) + $global }",
    "  elseif ($command -eq '') { $found = @($commands.Keys) }",
    "  else { $found = @($arguments[$command]) }",
    "  $found | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {",
    "    $tip = if ($commands.Contains($_)) { $commands[$_] } else { $_ }",
    "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $tip)",
    "  }",
    "}",
    "",
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
