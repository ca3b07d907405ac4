import { UnstyledButton } from "@mantine/core";
import { Link, useLocation } from "wouter";
import { useWords } from "../words/language-context.tsx";
import classes from "./frame.module.css";
import { frameWords } from "./frame-words.ts";
import { views } from "./views.ts";

/** The views: beside the content on wide windows, below it on narrow ones. */
export function Navigation({ place }: { place: "side" | "bottom" }) {
  const say = useWords(frameWords);
  const [location] = useLocation();
  const isCurrent = (path: string) =>
    path === "/" ? location === "/" || location.startsWith("/products/") : location.startsWith(path);
  return (
    <nav aria-label={say("views")} className={classes.navigation} data-place={place}>
      {views.map(({ name, path, icon: Icon }) => (
        <UnstyledButton
          key={name}
          component={Link}
          href={path}
          className={classes.link}
          aria-current={isCurrent(path) ? "page" : undefined}
        >
          <Icon size={20} stroke={1.7} aria-hidden />
          <span>{say(name)}</span>
        </UnstyledButton>
      ))}
    </nav>
  );
}
