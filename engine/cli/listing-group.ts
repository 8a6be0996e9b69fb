import { Command } from "commander";

const groups = new WeakSet<Command>();

/** A group of commands that lists something if none of them is named, such as `queue`. */
export function listingGroup(name: string, list: Command): Command {
  const group = new Command(name).addCommand(list);
  groups.add(group);
  return group;
}

/**
 * Names the command of a group that was called without one. As commander's default, it would take a misspelt command
 * for an argument.
 */
export function withNamedList(command: Command, args: readonly string[]): readonly string[] {
  const [word, ...others] = args;
  const inner = command.commands.find((one) => one.name() === word);
  if (word !== undefined && inner !== undefined) return [word, ...withNamedList(inner, others)];
  const isUnnamed = word === undefined || /^-(?!h$|-help$)/.test(word);
  return isUnnamed && groups.has(command) ? ["list", ...args] : args;
}
