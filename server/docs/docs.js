// Starts Scalar on the page's document. Nothing leaves for anywhere but the server itself.
const at = document.getElementById('reference').dataset
const config = {
  url: at.document,
  baseServerURL: location.origin,
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  documentDownloadType: 'direct',
  defaultOpenFirstTag: true,
  theme: 'default',
  customCss: `
    :root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace; }
    .light-mode { --scalar-color-accent: #b4501e; }
    .dark-mode { --scalar-color-accent: #f0935c; }
  `,
}
if (at.key) {
  config.authentication = { preferredSecurityScheme: 'bearer', securitySchemes: { bearer: { token: at.key } } }
}
Scalar.createApiReference('#reference', config)
