# Amity in a container, without shell or anything else that it does not need:
#   docker build -t amity . && docker run --rm -p 127.0.0.1:4566:4566 amity
FROM debian:12 AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /amity
COPY . .
# The binary with the libraries that it loads, and the folders that it may write to.
RUN ./dev build release amity \
    && install -D --strip build/release/amity /image/usr/bin/amity \
    && ldd /image/usr/bin/amity | grep -o '/[^ ]*' | xargs cp --dereference --parents --target-directory=/image \
    && install -D LICENSE /image/usr/share/doc/amity/LICENSE \
    && install -d /writable/tmp /writable/var/lib/amity

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=65532:65532 /writable /
USER 65532:65532
# All addresses of the container: whom it serves is decided by the ports that are published. Other containers that know
# it by a name say that name in AMITY_ALLOW_HOST. To keep the state: -v amity:/var/lib/amity -e AMITY_DATA=/var/lib/amity/amity.db
ENV AMITY_HOST=0.0.0.0
EXPOSE 4566
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s CMD ["/usr/bin/amity", "health"]
ENTRYPOINT ["/usr/bin/amity"]
CMD ["serve"]
