// SPDX-License-Identifier: Apache-2.0
#include "analysis/value_map.h"
#include "support/checkpoint_of_payloads.h"
#include "support/results.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <random>

using namespace shardlens;

namespace {

std::shared_ptr<TensorReader> readerOf(DType dtype, const Dims& shape, const std::vector<std::byte>& bytes) {
    test::CheckpointOfPayloads made;
    const auto file = made.file("f", bytes);
    const auto id = made.tensor("w", dtype, shape);
    made.slice(id, Dims(shape.size(), 0), shape, test::plainPayload(file, {0, bytes.size()}, dtype));
    auto reader = TensorReader::open(made.build(), id, {});
    return reader ? *reader : nullptr;
}

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    std::vector<std::byte> out(values.size() * sizeof(T));
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

} // namespace

class ValueMapTest : public QObject {
    Q_OBJECT

private slots:
    void everyPointIsTheLargestOfItsRectangle_data();
    void everyPointIsTheLargestOfItsRectangle();
    void whatIsNoNumberIsMarked();
    void complexValuesAreMagnitudes();
    void strangePlanes();
    void stops();
};

void ValueMapTest::everyPointIsTheLargestOfItsRectangle_data() {
    QTest::addColumn<int>("dtype");
    for (const auto& dtype : allDTypes())
        if (dtype.kind != DTypeKind::Complex)
            QTest::newRow(std::string(dtype.name).c_str()) << int(dtype.dtype);
}

/// A plane in the middle of three, of sizes that no block and no point divides.
void ValueMapTest::everyPointIsTheLargestOfItsRectangle() {
    QFETCH(int, dtype);
    const auto type = static_cast<DType>(dtype);
    constexpr std::uint64_t rows = 37, columns = 52;
    std::mt19937_64 random(11);
    std::vector<std::byte> bytes(*packedBytes(type, 3 * rows * columns));
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(type == DType::Bool ? random() % 2 : random());
    const auto reader = readerOf(type, {3, rows, columns}, bytes);
    QVERIFY(reader);
    std::vector<double> values(3 * rows * columns);
    decodeMagnitudesOrValues(type, bytes, 0, values);
    const ValuePlane plane{rows * columns, rows, columns};
    const auto map = mapValues(*reader, plane, 10, {});
    VERIFY_OK(map);
    QCOMPARE(map->rows, 10u);
    QCOMPARE(map->columns, 10u);
    for (std::uint32_t row = 0; row < map->rows; ++row)
        for (std::uint32_t column = 0; column < map->columns; ++column) {
            double best = -1;
            bool nan = false;
            for (auto r = map->rowAt(row); r < map->rowAt(row + 1); ++r)
                for (auto c = map->columnAt(column); c < map->columnAt(column + 1); ++c) {
                    const double value = values[plane.firstElement + r * columns + c];
                    nan |= std::isnan(value);
                    if (std::isfinite(value))
                        best = std::max(best, std::abs(value));
                }
            const auto index = map->index(row, column);
            QCOMPARE(best < 0 ? -1 : std::abs(map->values[index]), best);
            QCOMPARE((map->marks[index] & ValueMap::HasNan) != 0, nan);
        }
    QCOMPARE(map->rowAt(10), rows);
    QCOMPARE(map->columnAt(10), columns);
    QVERIFY(map->usual <= map->largest);
}

void ValueMapTest::whatIsNoNumberIsMarked() {
    const auto reader = readerOf(DType::F32, {2, 2}, bytesOf<float>({NAN, -INFINITY, 3, -7}));
    const auto map = mapValues(*reader, {0, 2, 2}, 2, {});
    VERIFY_OK(map);
    QVERIFY(std::isnan(map->values[0]) && std::isnan(map->values[1]));
    QCOMPARE(map->marks[0], std::uint8_t(ValueMap::HasNan));
    QCOMPARE(map->marks[1], std::uint8_t(ValueMap::HasNegativeInfinity));
    QCOMPARE(map->values[3], -7.0);
    QCOMPARE(map->largest, 7.0);
    QVERIFY(map->negative);
    const auto small = mapValues(*reader, {0, 2, 2}, 1, {});
    QCOMPARE(small->values[0], -7.0);
    QCOMPARE(small->marks[0], std::uint8_t(ValueMap::HasNan | ValueMap::HasNegativeInfinity));
}

void ValueMapTest::complexValuesAreMagnitudes() {
    const auto reader = readerOf(DType::C64, {1, 2}, bytesOf<float>({3, -4, 0, NAN}));
    const auto map = mapValues(*reader, {0, 1, 2}, 8, {});
    VERIFY_OK(map);
    QCOMPARE(map->values[0], 5.0);
    QVERIFY(!map->negative);
    QCOMPARE(map->marks[1], std::uint8_t(ValueMap::HasNan));
}

void ValueMapTest::strangePlanes() {
    const auto reader = readerOf(DType::F32, {3}, bytesOf<float>({1, 2, 3}));
    const auto line = mapValues(*reader, {0, 1, 3}, 256, {});
    QCOMPARE(line->values, (std::vector<double>{1, 2, 3}));
    const auto nothing = mapValues(*reader, {0, 0, 3}, 256, {});
    QCOMPARE(nothing->rows, 0u);
    constexpr auto huge = std::uint64_t{1} << 62;
    QCOMPARE(ValueMap::share(huge, 256, 256), huge);
    QCOMPARE(ValueMap::share(huge + 5, 128, 256), huge / 2 + 2);
    QCOMPARE(ValueMap::share(7, 0, 0), std::uint64_t(0));
}

void ValueMapTest::stops() {
    const auto reader = readerOf(DType::F32, {3}, bytesOf<float>({1, 2, 3}));
    std::stop_source stop;
    stop.request_stop();
    JobContext context;
    context.stop = stop.get_token();
    VERIFY_RULE(mapValues(*reader, {0, 1, 3}, 256, context), "job.cancelled");
}

QTEST_GUILESS_MAIN(ValueMapTest)
#include "value_map_test.moc"
