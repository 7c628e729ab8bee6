// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <cstring>

namespace shardlens::test {

/// Writes small safetensors files of BF16 tensors whose bytes are zeros, for tests that open real paths.
class SafetensorsFile {
public:
    void add(const QString& name, const QList<int>& shape, const QByteArray& data = {},
             const QString& dtype = QStringLiteral("BF16"), int elementBytes = 2) {
        qint64 bytes = elementBytes;
        QJsonArray dims;
        for (const int dim : shape) {
            bytes *= dim;
            dims.append(dim);
        }
        m_header[name] =
            QJsonObject{{QStringLiteral("dtype"), dtype},
                        {QStringLiteral("shape"), dims},
                        {QStringLiteral("data_offsets"), QJsonArray{m_data.size(), m_data.size() + bytes}}};
        m_data += data.leftJustified(int(bytes), '\0', true);
    }
    /// Of a DCP slice: where it begins in the whole tensor.
    void offset(const QString& name, const QList<int>& offsets) {
        QJsonArray list;
        for (const int offset : offsets)
            list.append(offset);
        m_sharding[name] = QJsonObject{{QStringLiteral("saved_offsets"), list}};
    }
    bool write(const QString& path) {
        if (!m_sharding.isEmpty())
            m_header[QStringLiteral("__metadata__")] =
                QJsonObject{{QStringLiteral("DCP_SHARDING_INFO"),
                             QString::fromUtf8(QJsonDocument(m_sharding).toJson(QJsonDocument::Compact))},
                            {QStringLiteral("DCP_VERSION"), QStringLiteral("1.0")}};
        auto header = QJsonDocument(m_header).toJson(QJsonDocument::Compact);
        header = header.leftJustified((header.size() + 7) / 8 * 8, ' ');
        const auto length = quint64(header.size());
        QFile file(path);
        return file.open(QIODevice::WriteOnly) &&
               file.write(reinterpret_cast<const char*>(&length), 8) == 8 &&
               file.write(header + m_data) == header.size() + m_data.size();
    }

private:
    QJsonObject m_header, m_sharding;
    QByteArray m_data;
};

/// Two ranks, `layers` alike layers cut by rows.
inline bool writeSlices(const QString& folder, int layers) {
    for (int rank = 0; rank < 2; ++rank) {
        SafetensorsFile file;
        const auto add = [&](const QString& name, int rows, int columns) {
            file.add(name, {rows / 2, columns});
            file.offset(name, {rank * rows / 2, 0});
        };
        add(QStringLiteral("model.embed_tokens.weight"), 64, 16);
        for (int layer = 0; layer < layers; ++layer) {
            const auto prefix = QStringLiteral("model.layers.%1.").arg(layer);
            add(prefix + QStringLiteral("self_attn.q_proj.weight"), 16, 16);
            add(prefix + QStringLiteral("mlp.up_proj.weight"), 32, 16);
            add(prefix + QStringLiteral("mlp.down_proj.weight"), 16, 32);
        }
        if (!file.write(QDir(folder).filePath(QStringLiteral("shard-%1-model-00001-of-00001.safetensors")
                                                  .arg(rank + 1, 5, 10, QLatin1Char('0')))))
            return false;
    }
    return true;
}

} // namespace shardlens::test
