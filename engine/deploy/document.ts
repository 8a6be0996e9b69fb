/** The KServe example's original ServingRuntime and Dockerfile; generated ones are compared with them. */
export const DOCUMENT_RUNTIME = `apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata:
  name: kserve-torchserve
spec:
  annotations:
    prometheus.kserve.io/port: "8082"
    prometheus.kserve.io/path: /metrics
  supportedModelFormats:
    - name: pytorch-mar
      version: "1.0"
      autoSelect: true
  protocolVersions:
    - v2
  containers:
    - name: kserve-container
      image: quay.io/jary/torchserve-kfs:0.12.0-gpu
      imagePullPolicy: IfNotPresent
      args:
        - torchserve
        - --start
        - --disable-token-auth
        - --enable-model-api
        - --model-store=/mnt/models/model-store
        - --ts-config=/mnt/models/config/config.properties
      env:
        - name: TS_SERVICE_ENVELOPE
          value: "{{.Labels.serviceEnvelope}}"
        - name: PROTOCOL_VERSION # specify we want to use v2 Inference Protocol
          value: v2
        - name: MODEL_LOAD_MAX_TRY # optional, default 10
          value: "20"
        - name: MODEL_LOAD_DELAY # optional, default 30
          value: "45"
        - name: MODEL_LOAD_TIMEOUT # optional, default 5
          value: "10"
      securityContext:
        runAsUser: 1001130001
      resources:
        requests:
          cpu: "1"
          memory: 2Gi
        limits:
          cpu: "1"
          memory: 2Gi
`;

export const DOCUMENT_DOCKERFILE = `FROM pytorch/torchserve-kfs-nightly:latest-gpu

USER root

RUN mkdir /.cache && \\
    chgrp -R 0 /home/model-server /.cache && \\
    chmod -R g=u /home/model-server /.cache

USER model-server
`;
