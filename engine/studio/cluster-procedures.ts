import { StudioError } from "../contract/errors.ts";
import { os } from "./implementer.ts";

/**
 * What reaches a cluster comes with the next change: until then everything but the empty list is refused,
 * in words that a person can understand.
 */
function later(): never {
  throw new StudioError("STATE_CONFLICT", {
    what: "The cluster",
    wanted: "asked",
    state: "not reachable from this version",
  });
}

/** Clusters that models can be deployed to. */
export function clusterProcedures() {
  return {
    list: os.clusters.list.handler(() => []),
    contexts: os.clusters.contexts.handler(later),
    connect: os.clusters.connect.handler(later),
    setToken: os.clusters.setToken.handler(later),
    disconnect: os.clusters.disconnect.handler(later),
    test: os.clusters.test.handler(later),
  };
}

/** Deployments in clusters. */
export function deploymentProcedures() {
  return {
    dryRun: os.deploy.dryRun.handler(later),
    apply: os.deploy.apply.handler(later),
    list: os.deploy.list.handler(later),
    status: os.deploy.status.handler(later),
    watch: os.deploy.watch.handler(later),
    logs: os.deploy.logs.handler(later),
    addEndpoint: os.deploy.addEndpoint.handler(later),
    scale: os.deploy.scale.handler(later),
    redeploy: os.deploy.redeploy.handler(later),
    remove: os.deploy.remove.handler(later),
  };
}
