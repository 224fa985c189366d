# dpol by itself: docker build -t dpol . && docker run --rm -v "$PWD:/work" dpol check release.dpol
FROM debian:12 AS build
WORKDIR /source
COPY packages.txt ./
# Those of the group "build".
RUN apt-get update \
 && awk '$1 == "build" { print $2 }' packages.txt | xargs apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release && cmake --build --preset release --target dpol && strip build/release/dpol

FROM debian:12-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates libcurl4 libfmt9 libmd0 libpugixml1v5 libre2-9 libsimdjson14 libsqlite3-0 libssl3 libyaml-cpp0.7 tzdata \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/build/release/dpol /usr/local/bin/dpol
COPY LICENSE /usr/share/doc/dpol/copyright
# Nobody in particular, and no root.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["dpol"]
CMD ["help"]
