import { Tabs } from "@mantine/core";
import { useSearchParams } from "wouter";
import { ViewPage } from "../frame/view-page.tsx";
import { useWords } from "../words/language-context.tsx";
import { activityWords } from "./activity-words.ts";
import { EventLog } from "./event-log.tsx";
import { Ledger } from "./ledger.tsx";

/** What happened, and what was spent. Which of both stands in the address, so that it can be kept. */
export function ActivityView() {
  const say = useWords(activityWords);
  const [search, setSearch] = useSearchParams();
  const shown = search.get("show") === "ledger" ? "ledger" : "events";
  return (
    <ViewPage name="activity">
      <Tabs
        value={shown}
        onChange={(tab) => setSearch(tab === "ledger" ? { show: "ledger" } : {}, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List aria-label={say("tabs")} mb="md">
          <Tabs.Tab value="events">{say("events")}</Tabs.Tab>
          <Tabs.Tab value="ledger">{say("ledger")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events">
          <EventLog />
        </Tabs.Panel>
        <Tabs.Panel value="ledger">
          <Ledger />
        </Tabs.Panel>
      </Tabs>
    </ViewPage>
  );
}
