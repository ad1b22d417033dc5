{{- define "berth.efsDriver" -}}efs.csi.aws.com{{- end }}

{{/* Its node plugin shares the node's network with Azure Managed Lustre's, so the health ports are others. */}}
{{- define "berth.efsControllerPort" -}}29772{{- end }}
{{- define "berth.efsNodePort" -}}29773{{- end }}

{{/* key:value key2:value2, with a backslash in front of what separates. */}}
{{- define "berth.efsTags" -}}
{{- $tags := list }}
{{- range $key, $value := .Values.efs.tags }}
{{- $pair := list }}
{{- range list $key $value }}
{{- $pair = append $pair (. | replace "\\" "\\\\" | replace " " "\\ " | replace ":" "\\:") }}
{{- end }}
{{- $tags = append $tags (join ":" $pair) }}
{{- end }}
{{- join " " $tags }}
{{- end }}

{{- define "berth.efsRegionEnv" -}}
{{- with .Values.efs.region -}}
- name: AWS_REGION
  value: {{ . }}
{{- end }}
{{- end }}

{{- define "berth.efsProbes" -}}
startupProbe:
  httpGet: {path: /readyz, port: healthz}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /readyz, port: healthz}
  periodSeconds: 10
  timeoutSeconds: 5
livenessProbe:
  httpGet: {path: /healthz, port: healthz}
  periodSeconds: 30
  timeoutSeconds: 10
  failureThreshold: 5
{{- end }}

{{/* The container beside the controller that mounts: directories of claims are made there, and data removed. */}}
{{- define "berth.efsDirectories" -}}
- name: directories
  image: {{ include "berth.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - directories
    - --socket=/csi/directories.sock
    # The controller's own group.
    - --socket-group=65532
    - --removals-per-second={{ .Values.directories.removalsPerSecond }}
    - --looks-per-second={{ .Values.directories.looksPerSecond }}
    - --log-level={{ .Values.directories.logLevel }}
  securityContext:
    # Mounting needs CAP_SYS_ADMIN, and directories are given to the users that a class names.
    privileged: true
    readOnlyRootFilesystem: true
    runAsNonRoot: false
    runAsUser: 0
    runAsGroup: 0
  readinessProbe:
    exec: {command: [test, -S, /csi/directories.sock]}
    periodSeconds: 10
    timeoutSeconds: 5
  resources:
    {{- toYaml .Values.directories.resources | nindent 4 }}
  volumeMounts:
    - {name: socket, mountPath: /csi}
    - {name: directories-tmp, mountPath: /tmp}
{{- end }}
