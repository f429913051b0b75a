# One image for web servers and workers: `web` (the default), `worker`, or any other command of votek.
FROM python:3.11.14-slim-bookworm

ENV HOME=/home/votek \
    USER=votek \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    VOTEK_DATA=/data \
    VOTEK_HOST=0.0.0.0 \
    VOTEK_LOG_FORMAT=json

# Neither needs a name in /etc/passwd; both have to belong to who runs here.
RUN install -d -o 10001 -g 10001 /home/votek /data

WORKDIR /app
COPY requirements.txt requirements-postgres.txt ./
# The second index offers torch without the parts for graphics cards, which would be several gigabytes.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt -r requirements-postgres.txt

COPY app.py ./
COPY .streamlit/config.toml .streamlit/
COPY pages pages
COPY ui ui
COPY votek votek
COPY examples examples

USER 10001:10001
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
# For a worker, compose.yaml has another one.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "votek.cli", "status", "--web"]
ENTRYPOINT ["python", "-m", "votek.cli"]
CMD ["web"]
