#!/bin/bash
# Starts a one-node broker in the image apache/kafka, for docker-compose.yml and for the launcher alike. Formats with our
# accounts first; the image's own start would make a broker that lets everybody in.
# start.sh <server.properties> <arguments of format> <data folder>
set -eu
[ -f "$3/meta.properties" ] || /opt/kafka/bin/kafka-storage.sh "@$2" > /dev/null
exec /opt/kafka/bin/kafka-server-start.sh "$1"
