# Builds with the compiler, runs without it, as an account that owns nothing but its data folder.
FROM node:22-bookworm-slim AS build
WORKDIR /portvakt
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY bin bin
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
WORKDIR /portvakt
ENV NODE_ENV=production PORTVAKT_HOST=0.0.0.0 PORTVAKT_DATA_FOLDER=/data
RUN mkdir /data && chown node:node /data
COPY --from=build /portvakt/package.json ./
COPY --from=build /portvakt/node_modules node_modules
COPY --from=build /portvakt/dist dist
COPY policies policies
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/cli.js", "start"]
