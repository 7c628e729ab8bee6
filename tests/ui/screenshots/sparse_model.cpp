// SPDX-License-Identifier: Apache-2.0
#include "ui/screenshots/sparse_model.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <vector>

namespace shardlens::test {

namespace {

struct Tensor {
    QString name;
    std::vector<qint64> shape;
    qint64 bytes() const {
        qint64 elements = 2; // BF16
        for (const qint64 dim : shape)
            elements *= dim;
        return elements;
    }
};

std::vector<Tensor> llama() {
    constexpr qint64 Hidden = 4096, Inner = 14336, KeyValue = 1024, Words = 128256;
    std::vector<Tensor> tensors{{QStringLiteral("model.embed_tokens.weight"), {Words, Hidden}}};
    for (int layer = 0; layer < 32; ++layer) {
        const auto add = [&](const char* name, std::vector<qint64> shape) {
            tensors.push_back(
                {QStringLiteral("model.layers.%1.%2").arg(layer).arg(QLatin1String(name)), std::move(shape)});
        };
        add("input_layernorm.weight", {Hidden});
        add("mlp.down_proj.weight", {Hidden, Inner});
        add("mlp.gate_proj.weight", {Inner, Hidden});
        add("mlp.up_proj.weight", {Inner, Hidden});
        add("post_attention_layernorm.weight", {Hidden});
        add("self_attn.k_proj.weight", {KeyValue, Hidden});
        add("self_attn.o_proj.weight", {Hidden, Hidden});
        add("self_attn.q_proj.weight", {Hidden, Hidden});
        add("self_attn.v_proj.weight", {KeyValue, Hidden});
    }
    tensors.push_back({QStringLiteral("model.norm.weight"), {Hidden}});
    tensors.push_back({QStringLiteral("lm_head.weight"), {Words, Hidden}});
    return tensors;
}

void writeText(const QString& path, const QByteArray& text) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

qint64 writeShard(const QString& path, const std::vector<Tensor>& tensors) {
    QJsonObject header{
        {QStringLiteral("__metadata__"), QJsonObject{{QStringLiteral("format"), QStringLiteral("pt")}}}};
    qint64 at = 0;
    for (const Tensor& tensor : tensors) {
        QJsonArray shape;
        for (const qint64 dim : tensor.shape)
            shape.append(dim);
        header[tensor.name] =
            QJsonObject{{QStringLiteral("dtype"), QStringLiteral("BF16")},
                        {QStringLiteral("shape"), shape},
                        {QStringLiteral("data_offsets"), QJsonArray{at, at + tensor.bytes()}}};
        at += tensor.bytes();
    }
    QByteArray text = QJsonDocument(header).toJson(QJsonDocument::Compact);
    while (text.size() % 8 != 0)
        text += ' ';
    QByteArray length(8, '\0');
    qToLittleEndian<quint64>(static_cast<quint64>(text.size()), length.data());
    writeText(path, length + text);
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || !file.resize(8 + text.size() + at))
        qFatal("cannot extend %s", qPrintable(path));
    return at;
}

} // namespace

void writeSparseLlama(const QString& folder, bool damaged) {
    QDir().mkpath(folder);
    constexpr int Shards = 4;
    std::vector<std::vector<Tensor>> shards(1);
    qint64 filled = 0, total = 0;
    for (Tensor& tensor : llama()) {
        if (filled + tensor.bytes() > 5'000'000'000 && shards.size() < Shards) {
            shards.emplace_back();
            filled = 0;
        }
        filled += tensor.bytes();
        shards.back().push_back(std::move(tensor));
    }
    QJsonObject map;
    for (std::size_t index = 0; index < shards.size(); ++index) {
        const QString name = QStringLiteral("model-%1-of-%2.safetensors")
                                 .arg(index + 1, 5, 10, QLatin1Char('0'))
                                 .arg(shards.size(), 5, 10, QLatin1Char('0'));
        total += writeShard(folder + QLatin1Char('/') + name, shards[index]);
        for (const Tensor& tensor : shards[index])
            map[tensor.name] = name;
        QFile file(folder + QLatin1Char('/') + name);
        if (damaged && index == 1)
            file.remove();
        if (damaged && index == 2)
            file.resize(file.size() - 158 * 1024 * 1024);
    }
    const QJsonObject index{{QStringLiteral("metadata"), QJsonObject{{QStringLiteral("total_size"), total}}},
                            {QStringLiteral("weight_map"), map}};
    writeText(folder + QStringLiteral("/model.safetensors.index.json"), QJsonDocument(index).toJson());
    writeText(
        folder + QStringLiteral("/config.json"),
        R"({"architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "num_hidden_layers": 32, "torch_dtype": "bfloat16"})");
}

} // namespace shardlens::test
