{{/* The standard sidecars of the controller, for sidecars: external. */}}
{{- define "berth.controllerSidecars" -}}
{{- $sidecars := .Values.externalSidecars -}}
- name: csi-provisioner
  image: {{ $sidecars.provisioner.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - -v=2
    - --csi-address=/csi/csi.sock
    - --leader-election
    - --leader-election-namespace={{ .Release.Namespace }}
    # A file system takes over ten minutes; the call that runs out of time is followed by one that finds the work begun.
    - --timeout=15m
    # Without it the sub-dir tokens of claims and volumes, and the tags of file systems, have no names to take.
    - --extra-create-metadata=true
    {{- with $sidecars.provisioner.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "berth.sidecarCommon" . | nindent 2 }}
{{- if $sidecars.resizer.enabled }}
- name: csi-resizer
  image: {{ $sidecars.resizer.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - -v=2
    - --csi-address=/csi/csi.sock
    - --leader-election
    - --leader-election-namespace={{ .Release.Namespace }}
    - --timeout=15m
    - --handle-volume-inuse-error=false
    {{- with $sidecars.resizer.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "berth.sidecarCommon" . | nindent 2 }}
{{- end }}
- name: liveness-probe
  image: {{ $sidecars.livenessProbe.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - -v=2
    - --csi-address=/csi/csi.sock
    - --probe-timeout=3s
    - --health-port=29762
  {{- include "berth.sidecarCommon" . | nindent 2 }}
{{- end }}

{{- define "berth.sidecarCommon" -}}
env:
  - name: POD_NAMESPACE
    valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
  {{- with include "berth.apiServerEnv" . }}{{ . | nindent 2 }}{{ end }}
securityContext:
  {{- include "berth.restrictedContainer" . | nindent 2 }}
resources:
  {{- toYaml .Values.externalSidecars.resources | nindent 2 }}
volumeMounts:
  - {name: socket, mountPath: /csi}
{{- end }}

{{/* Those of the node plugin. */}}
{{- define "berth.nodeSidecars" -}}
{{- $sidecars := .Values.externalSidecars -}}
- name: node-driver-registrar
  image: {{ $sidecars.nodeDriverRegistrar.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - -v=2
    - --csi-address=/csi/csi.sock
    - --kubelet-registration-path={{ .Values.node.kubeletDir }}/plugins/{{ include "berth.driver" . }}/csi.sock
  livenessProbe:
    exec:
      command:
        - /csi-node-driver-registrar
        - --kubelet-registration-path={{ .Values.node.kubeletDir }}/plugins/{{ include "berth.driver" . }}/csi.sock
        - --mode=kubelet-registration-probe
    initialDelaySeconds: 30
    timeoutSeconds: 15
  {{- include "berth.sidecarCommon" . | nindent 2 }}
    - {name: registration, mountPath: /registration}
- name: liveness-probe
  image: {{ $sidecars.livenessProbe.image }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - -v=2
    - --csi-address=/csi/csi.sock
    - --probe-timeout=3s
    - --health-port=29763
  {{- include "berth.sidecarCommon" . | nindent 2 }}
{{- end }}
