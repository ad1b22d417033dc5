{{/* The init container that keeps running beside the node plugin: loads the kernel's Lustre client. */}}
{{- define "berth.lustreLoader" -}}
{{- $client := .root.Values.lustreClient -}}
- name: lustre-loader
  image: {{ .loader.image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  # Kubernetes starts the node plugin once the startup probe has passed, and ends this one after it.
  restartPolicy: Always
  command: [/bin/sh, /scripts/lustre-loader.sh]
  env:
    - name: HOST_OS
      value: {{ join " " .loader.hostOs | quote }}
    - name: LUSTRE_CLIENT_VERSION
      value: {{ .loader.clientVersion | quote }}
    - name: LUSTRE_PACKAGES
      value: {{ $client.packages | quote }}
    - name: LNET_RECONCILE_SECONDS
      value: {{ $client.lnetReconcileSeconds | quote }}
  securityContext:
    # Loading kernel modules needs CAP_SYS_MODULE, LNet's control device the node's /dev.
    privileged: true
  startupProbe:
    exec: {command: [test, -e, /lustre/ready]}
    periodSeconds: 5
    timeoutSeconds: 5
    failureThreshold: 120
  livenessProbe:
    exec: {command: [test, -d, /sys/module/lnet]}
    periodSeconds: 30
    timeoutSeconds: 10
    failureThreshold: 5
  resources:
    {{- toYaml $client.resources | nindent 4 }}
  volumeMounts:
    - {name: lustre-loader, mountPath: /scripts, readOnly: true}
    - {name: lustre-client, mountPath: /lustre}
    - {name: host-os-release, mountPath: /etc/host-os-release, readOnly: true}
    - {name: dev, mountPath: /dev}
{{- end }}
