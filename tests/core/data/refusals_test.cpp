// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_reader.h"
#include "model/checkpoint_builder.h"
#include "support/results.h"

#include <QtTest>

using namespace shardlens;

class RefusalsTest : public QObject {
    Q_OBJECT

private slots:
    void halfABytesWorthOfElements() {
        CheckpointBuilder builder{JobContext{}};
        FileRecord record;
        record.path = "f";
        record.bytes = 2;
        record.source = memorySource("f", std::vector<std::byte>(2));
        const auto file = builder.addFile(std::move(record));
        const auto odd = builder.addTensor("odd").value().id;
        builder.setDType(odd, DType::F4);
        builder.setShape(odd, Dims{3});
        builder.addWholeSlice(odd, DType::F4, file, {0, 2});
        const auto checkpoint = builder.build().value();
        VERIFY_RULE(TensorReader::open(checkpoint, odd, {}), "data.unreadable");
    }

    void theFindingsOwnWords() {
        CheckpointBuilder builder{JobContext{}};
        const auto lost = builder.addTensor("lost").value().id;
        builder.setDType(lost, DType::F32);
        builder.setShape(lost, Dims{3});
        const auto checkpoint = builder.build().value();
        VERIFY_RULE(TensorReader::open(checkpoint, lost, {}), "slices.missing");
    }
};

QTEST_GUILESS_MAIN(RefusalsTest)
#include "refusals_test.moc"
