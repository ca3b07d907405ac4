import { Anchor, Stack, Text } from "@mantine/core";
import { Link, Route, Switch } from "wouter";
import { useWords } from "../words/language-context.tsx";
import { frameWords } from "./frame-words.ts";
import { views } from "./views.ts";

const catalog = views[0];

/** The view that the address names. Products open over the catalog, which stays as it is below. */
export function CurrentView() {
  return (
    <Switch>
      {catalog !== undefined && <Route path={/^\/(?:products\/[^/]+)?\/?$/} component={catalog.component} />}
      {views.slice(1).map(({ name, path, component }) => (
        <Route key={name} path={path} component={component} />
      ))}
      <Route component={NotFound} />
    </Switch>
  );
}

function NotFound() {
  const say = useWords(frameWords);
  return (
    <Stack p="xl">
      <Text>{say("notFound")}</Text>
      <Anchor component={Link} href="/">
        {say("toCatalog")}
      </Anchor>
    </Stack>
  );
}
