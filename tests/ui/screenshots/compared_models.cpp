// SPDX-License-Identifier: Apache-2.0
#include "ui/screenshots/compared_models.h"

#include "support/written_checkpoint.h"

#include <QDir>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <vector>

namespace shardlens::test {

namespace {

constexpr int Ranks = 8, Layers = 12, Rows = 512, Columns = 128, LostRank = 5;

struct Tensor {
    QString name;
    int rows, columns;
    std::vector<float> values;
};

std::vector<Tensor> model() {
    std::mt19937 random(7);
    std::vector<Tensor> out;
    const auto add = [&](const QString& name, int rows, int columns) {
        std::normal_distribution<float> spread(0, 0.02F);
        Tensor tensor{name, rows, columns, std::vector<float>(std::size_t(rows) * std::size_t(columns))};
        for (float& value : tensor.values)
            value = spread(random);
        out.push_back(std::move(tensor));
    };
    add(QStringLiteral("model.embed_tokens.weight"), 4 * Rows, Columns);
    for (int layer = 0; layer < Layers; ++layer)
        for (const char* part : {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                 "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"})
            add(QStringLiteral("model.layers.%1.%2.weight").arg(layer).arg(QLatin1String(part)), Rows,
                Columns);
    add(QStringLiteral("model.norm.weight"), Columns, 1);
    add(QStringLiteral("lm_head.weight"), 4 * Rows, Columns);
    return out;
}

/// Rows [begin, end) as BF16, or as F32 with the same values.
QByteArray bytesOf(const Tensor& tensor, int begin, int end, bool wide) {
    QByteArray out;
    const auto columns = std::size_t(tensor.columns);
    for (auto i = std::size_t(begin) * columns; i < std::size_t(end) * columns; ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(tensor.values[i]) & 0xffff0000U;
        for (int shift = wide ? 0 : 16; shift < 32; shift += 8)
            out += static_cast<char>(bits >> shift);
    }
    return out;
}

QList<int> shapeOf(const Tensor& tensor, int rows) {
    return tensor.columns == 1 ? QList<int>{rows} : QList<int>{rows, tensor.columns};
}

} // namespace

bool writeComparedModels(const QString& a, const QString& b) {
    auto tensors = model();
    QDir().mkpath(a);
    QDir().mkpath(b);
    for (int rank = 0; rank < Ranks; ++rank) {
        SafetensorsFile file;
        for (const Tensor& tensor : tensors) {
            const int rows = tensor.rows / Ranks;
            file.add(tensor.name, shapeOf(tensor, rows),
                     bytesOf(tensor, rank * rows, (rank + 1) * rows, false));
            file.offset(tensor.name,
                        tensor.columns == 1 ? QList<int>{rank * rows} : QList<int>{rank * rows, 0});
        }
        if (!file.write(QDir(a).filePath(QStringLiteral("shard-%1-model-00001-of-00001.safetensors")
                                             .arg(rank + 1, 5, 10, QLatin1Char('0')))))
            return false;
    }
    SafetensorsFile file;
    for (Tensor& tensor : tensors) {
        const QString last = QStringLiteral("model.layers.%1.mlp.").arg(Layers - 1);
        if (tensor.name.startsWith(last))
            std::fill_n(tensor.values.begin() + LostRank * Rows / Ranks * Columns, Rows / Ranks * Columns,
                        0.0F);
        const bool wide = tensor.name == QLatin1String("lm_head.weight");
        const QString name =
            tensor.name == QLatin1String("model.norm.weight") ? QStringLiteral("norm.weight") : tensor.name;
        file.add(name, shapeOf(tensor, tensor.rows), bytesOf(tensor, 0, tensor.rows, wide),
                 wide ? QStringLiteral("F32") : QStringLiteral("BF16"), wide ? 4 : 2);
    }
    return file.write(QDir(b).filePath(QStringLiteral("model.safetensors")));
}

} // namespace shardlens::test
