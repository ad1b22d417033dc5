{{/* Names are upstream's and fixed: a driver can be in a cluster once only, and its guides find these. */}}
{{- define "berth.driver" -}}azurelustre.csi.azure.com{{- end }}

{{- define "berth.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "berth.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "berth.pullSecrets" -}}
{{- with .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A container's own environment goes before what kubelet puts there for the Service "kubernetes". */}}
{{- define "berth.apiServerEnv" -}}
{{- with .Values.apiServer -}}
{{- if .host -}}
- name: KUBERNETES_SERVICE_HOST
  value: {{ .host | quote }}
- name: KUBERNETES_SERVICE_PORT
  value: {{ .port | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* For every container that needs no right on its node. */}}
{{- define "berth.restrictedContainer" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Berth's health ports, as upstream's livenessprobe; beside a livenessprobe sidecar, which takes those, two others. */}}
{{- define "berth.controllerPort" -}}{{ if eq .Values.sidecars "external" }}29764{{ else }}29762{{ end }}{{- end }}
{{- define "berth.nodePort" -}}{{ if eq .Values.sidecars "external" }}29765{{ else }}29763{{ end }}{{- end }}
