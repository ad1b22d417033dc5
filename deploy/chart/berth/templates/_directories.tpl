{{/* The container beside the controller that mounts: directories of claims are made and removed there. */}}
{{- define "berth.directories" -}}
- name: directories
  image: {{ include "berth.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - directories
    - --socket=/csi/directories.sock
    {{- if not .Values.azure.useNodeConfig }}
    # The controller's own group.
    - --socket-group=65532
    {{- end }}
    - --removals-per-second={{ .Values.directories.removalsPerSecond }}
    - --looks-per-second={{ .Values.directories.looksPerSecond }}
    - --log-level={{ .Values.directories.logLevel }}
  env:
    # lfs, for project quotas, is among what the Lustre client loader of the node has installed.
    - name: PATH
      value: /lustre/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
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
    # Where its work processes mount, each in a namespace of its own.
    - {name: directories-tmp, mountPath: /tmp}
    - {name: lustre-client, mountPath: /lustre, readOnly: true}
{{- end }}

{{- define "berth.directoriesVolumes" -}}
- name: directories-tmp
  emptyDir: {sizeLimit: 16Mi}
- name: lustre-client
  {{- include "berth.lustreClientVolume" . | nindent 2 }}
{{- end }}

{{/* The loader's programs: a node plugin's own, or on the node where the controller's directories container uses them too. */}}
{{- define "berth.lustreClientVolume" -}}
{{- if .Values.directories.enabled -}}
hostPath: {path: /run/berth/lustre-client, type: DirectoryOrCreate}
{{- else -}}
emptyDir: {sizeLimit: 256Mi}
{{- end }}
{{- end }}
