// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "data/bit_copy.h"
#include "data/rules.h"
#include "data/tensor_reader.h"
#include "support/checkpoint_of_payloads.h"

#include <QtTest>

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

using namespace shardlens;
using test::CheckpointOfPayloads;
using test::plainPayload;

namespace {

using Random = std::mt19937_64;
using Buffer = std::vector<std::byte>;

std::uint64_t below(Random& random, std::uint64_t end) {
    return random() % end;
}

Buffer randomBytes(Random& random, std::size_t size) {
    Buffer bytes(size);
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(random());
    return bytes;
}

Buffer zstd(const Buffer& plain, std::size_t frame) {
    Buffer out;
    for (std::size_t at = 0; at == 0 || at < plain.size(); at += frame) {
        const auto size = std::min(frame, plain.size() - at);
        Buffer part(ZSTD_compressBound(size));
        part.resize(ZSTD_compress(part.data(), part.size(), plain.data() + at, size, 1));
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

Buffer deflated(const Buffer& plain) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    Buffer out(deflateBound(&stream, plain.size()) + 64);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// Elements of the box in row-major order, as positions in the tensor. As plain as it gets: this is the
/// judge.
std::vector<std::uint64_t> positions(const Dims& shape, const Dims& offset, const Dims& size) {
    std::vector<std::uint64_t> out;
    const auto count = elementCount(size);
    for (std::uint64_t i = 0; i != count; ++i) {
        std::uint64_t rest = i, position = 0, step = 1;
        for (auto d = shape.size(); d-- != 0;) {
            position += (offset[d] + rest % size[d]) * step;
            rest /= size[d];
            step *= shape[d];
        }
        out.push_back(position);
    }
    return out;
}

struct BoxOf {
    Dims offset, size;
};

/// Cuts a box at random until the pieces are few enough.
void cutUp(Random& random, BoxOf box, int depth, std::vector<BoxOf>& out) {
    const auto dims = box.size.size();
    if (depth == 0 || dims == 0 || below(random, 5) == 0) {
        out.push_back(std::move(box));
        return;
    }
    const auto dim = below(random, dims);
    const auto at = below(random, box.size[dim] + 1); // may leave an empty piece
    auto rest = box;
    box.size[dim] = at;
    rest.offset[dim] += at;
    rest.size[dim] -= at;
    cutUp(random, std::move(box), depth - 1, out);
    cutUp(random, std::move(rest), depth - 1, out);
}

struct Made {
    CheckpointPtr checkpoint;
    TensorId tensor;
    Buffer expected; // packed
    bool encoded = false;
};

/// Lays a slice out in a storage: packed, or with permuted, padded, negative or zero strides.
struct Storage {
    Buffer bytes;
    std::uint64_t start = 0;
    Strides strides;
};

Storage store(Random& random, const Dims& size, const std::vector<std::uint64_t>& places, Buffer& tensor,
              unsigned bits, bool strided, bool expand) {
    Storage storage;
    const auto count = places.size();
    storage.start = below(random, 4);
    if (!strided) {
        storage.bytes.resize((storage.start + count + 3) * bits / 8 + 1);
        for (std::size_t i = 0; i != count; ++i)
            copyBits(tensor.data(), places[i] * bits, storage.bytes.data(), (storage.start + i) * bits, bits);
        return storage;
    }
    std::vector<std::size_t> order(size.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    storage.strides.resize(size.size());
    std::uint64_t step = 1 + below(random, 3);
    std::int64_t lowest = 0, highest = 0;
    for (const auto dim : order) {
        auto stride = static_cast<std::int64_t>(step);
        if (below(random, 4) == 0)
            stride = -stride;
        if (expand && below(random, 3) == 0)
            stride = 0;
        storage.strides[dim] = stride;
        const auto far = stride * static_cast<std::int64_t>(size[dim] == 0 ? 0 : size[dim] - 1);
        (far < 0 ? lowest : highest) += far;
        step = step * std::max<std::uint64_t>(size[dim], 1) + below(random, 3);
    }
    storage.start += static_cast<std::uint64_t>(-lowest);
    storage.bytes.resize((storage.start + static_cast<std::uint64_t>(highest) + 1) * bits / 8 + 1);
    const auto index = [&](std::size_t i) {
        auto at = static_cast<std::int64_t>(storage.start);
        for (auto d = size.size(); d-- != 0; i /= size[d])
            at += static_cast<std::int64_t>(i % size[d]) * storage.strides[d];
        return static_cast<std::uint64_t>(at);
    };
    for (std::size_t i = 0; i != count; ++i)
        copyBits(tensor.data(), places[i] * bits, storage.bytes.data(), index(i) * bits, bits);
    for (std::size_t i = 0; i != count; ++i) // expanded elements are one: the last written
        copyBits(storage.bytes.data(), index(i) * bits, tensor.data(), places[i] * bits, bits);
    return storage;
}

void swapElements(Buffer& bytes, DType dtype) {
    std::size_t part = bitsOf(dtype) / 8;
    if (info(dtype).kind == DTypeKind::Complex)
        part /= 2;
    for (std::size_t at = 0; part > 1 && at + part <= bytes.size(); at += part)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + part));
}

Dims randomShape(Random& random) {
    Dims shape(below(random, 5));
    for (auto& dim : shape)
        dim = 1 + below(random, shape.size() < 3 ? 40 : 9);
    return shape;
}

/// A random tensor in random slices, each stored in a random way.
Made makeRandom(Random& random) {
    std::vector<DType> dtypes;
    for (const auto& entry : allDTypes())
        dtypes.push_back(entry.dtype);
    Made made;
    const auto dtype = dtypes[below(random, dtypes.size())];
    const auto bits = bitsOf(dtype);
    auto shape = randomShape(random);
    if (bits < 8 && (elementCount(shape) * bits) % 8 != 0)
        shape.push_back(4); // whole bytes
    const auto elements = elementCount(shape);
    made.expected = randomBytes(random, elements * bits / 8);
    CheckpointOfPayloads builder;
    const auto tensor = builder.tensor("t", dtype, shape);
    std::vector<BoxOf> boxes;
    cutUp(random, {Dims(shape.size(), 0), shape}, static_cast<int>(below(random, 5)), boxes);
    int number = 0;
    for (const auto& box : boxes) {
        const auto places = positions(shape, box.offset, box.size);
        auto storage = store(random, box.size, places, made.expected, bits,
                             !shape.empty() && below(random, 3) == 0, below(random, 2) == 0);
        Payload payload = plainPayload({}, {}, dtype);
        payload.start = storage.start;
        payload.strides = storage.strides;
        if (bits >= 8 && below(random, 4) == 0) {
            storage.bytes.resize(storage.bytes.size() / (bits / 8u) * (bits / 8u));
            swapElements(storage.bytes, dtype);
            payload.order = ByteOrder::Big;
        }
        const auto decoded = storage.bytes.size();
        switch (below(random, 6)) {
        case 0:
            payload.encoding = {Encoding::Kind::Zstd, 3, decoded,
                                static_cast<std::uint8_t>(1 + below(random, 3))};
            storage.bytes.insert(storage.bytes.begin(), 3, std::byte{7});
            for (unsigned i = 0; i != payload.encoding.layers; ++i)
                storage.bytes = zstd(storage.bytes, 50);
            made.encoded = true;
            break;
        case 1:
            payload.encoding = {Encoding::Kind::Deflate, 0, decoded, 1};
            storage.bytes = deflated(storage.bytes);
            made.encoded = true;
            break;
        default:
            break;
        }
        const auto before = below(random, 20);
        auto file = randomBytes(random, before);
        file.insert(file.end(), storage.bytes.begin(), storage.bytes.end());
        payload.bytes = {before, file.size()};
        payload.file = builder.file("f" + std::to_string(number++), std::move(file));
        builder.slice(tensor, box.offset, box.size, payload);
    }
    made.checkpoint = builder.build();
    made.tensor = tensor;
    return made;
}

QByteArray hex(std::span<const std::byte> bytes) {
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())).toHex();
}

std::string_view ruleOf(const Error& error) {
    return error.rule->id;
}

} // namespace

class TensorReaderTest : public QObject {
    Q_OBJECT

private slots:
    void readsRandomLayoutsAsTheModelSays() {
        const auto seed = qEnvironmentVariableIntValue("SHARDLENS_SEED");
        Random random(static_cast<std::uint64_t>(seed));
        const int rounds = qEnvironmentVariableIsSet("SHARDLENS_ROUNDS")
                               ? qEnvironmentVariableIntValue("SHARDLENS_ROUNDS")
                               : 3000;
        for (int round = 0; round != rounds; ++round) {
            const auto made = makeRandom(random);
            QVERIFY(made.checkpoint);
            auto reader = TensorReader::open(made.checkpoint, made.tensor, {});
            if (!reader)
                QFAIL(describe(reader.error()).c_str());
            QCOMPARE((*reader)->bytes(), std::uint64_t{made.expected.size()});
            QVERIFY(made.encoded || (*reader)->randomAccess());
            const auto bits = bitsOf((*reader)->dtype());
            const std::uint64_t step = bits >= 8 ? 1 : bits == 4 ? 2 : 4;
            const auto units = (*reader)->elements() / step;
            for (int i = 0; i != 6; ++i) { // the whole first, then parts in any order
                auto begin = i == 0 ? 0 : below(random, units + 1) * step;
                auto end = i == 0 ? units * step : below(random, units + 1) * step;
                if (begin > end)
                    std::swap(begin, end);
                Buffer out((end - begin) * bits / 8, std::byte{0xa5});
                const auto read = (*reader)->read({begin, end}, out);
                if (!read)
                    QFAIL(describe(read.error()).c_str());
                const auto expected = std::span(made.expected).subspan(begin * bits / 8, out.size());
                if (!std::ranges::equal(out, expected))
                    QFAIL(qPrintable(QString("round %1, dtype %2, elements %3 to %4:\n%5\n%6")
                                         .arg(round)
                                         .arg(QString::fromStdString(std::string(name((*reader)->dtype()))))
                                         .arg(begin)
                                         .arg(end)
                                         .arg(QString(hex(out)), QString(hex(expected)))));
            }
        }
    }

    void locatesEveryElement() {
        Random random(5);
        for (int round = 0; round != 300; ++round) {
            const auto made = makeRandom(random);
            const auto reader = *TensorReader::open(made.checkpoint, made.tensor, {});
            const auto bits = bitsOf(reader->dtype());
            for (int i = 0; i != 20 && reader->elements() != 0; ++i) {
                const auto element = below(random, reader->elements());
                const auto at = reader->locate(element);
                if (made.encoded)
                    continue; // some slices say nothing
                QVERIFY(at);
                const auto file = *readAll(**made.checkpoint->source(at->file), 1 << 20);
                Buffer found((bits + 7u) / 8), wanted(found.size());
                copyBits(file.data(), at->bit, found.data(), 0, bits);
                copyBits(made.expected.data(), element * bits, wanted.data(), 0, bits);
                auto swapped = found;
                swapElements(swapped, reader->dtype());
                QVERIFY(found == wanted || swapped == wanted);
            }
            QVERIFY(!reader->locate(reader->elements()));
        }
    }

    void readsLargeColumnsAndPermutedTensors() {
        constexpr std::uint64_t Rows = 700, Columns = 3000;
        Random random(2);
        const auto data = randomBytes(random, Rows * Columns * 4);
        CheckpointOfPayloads builder;
        const auto columns = builder.tensor("columns", DType::F32, {Rows, Columns});
        for (std::uint64_t part = 0; part != 3; ++part) {
            Buffer bytes;
            for (std::uint64_t row = 0; row != Rows; ++row) {
                const auto* from = data.data() + (row * Columns + part * 1000) * 4;
                bytes.insert(bytes.end(), from, from + 4000);
            }
            const ByteRange all{0, bytes.size()};
            const auto file = builder.file("c" + std::to_string(part), std::move(bytes));
            builder.slice(columns, {0, part * 1000}, {Rows, 1000}, plainPayload(file, all, DType::F32));
        }
        Buffer turned(data.size());
        for (std::uint64_t row = 0; row != Rows; ++row)
            for (std::uint64_t column = 0; column != Columns; ++column)
                std::copy_n(data.begin() + static_cast<std::ptrdiff_t>((row * Columns + column) * 4), 4,
                            turned.begin() + static_cast<std::ptrdiff_t>((column * Rows + row) * 4));
        const auto file = builder.file("turned", std::move(turned));
        const auto permuted = builder.tensor("permuted", DType::F32, {Rows, Columns});
        auto turnedPayload = plainPayload(file, {0, data.size()}, DType::F32);
        turnedPayload.strides = {1, Rows};
        builder.slice(permuted, {0, 0}, {Rows, Columns}, turnedPayload);
        const auto checkpoint = builder.build();
        for (const auto tensor : {columns, permuted}) {
            const auto reader = *TensorReader::open(checkpoint, tensor, {});
            Buffer out(data.size());
            const auto step = reader->preferredRange();
            std::atomic<std::uint64_t> next{0};
            std::atomic<int> failures{0};
            const auto work = [&] {
                for (auto begin = next.fetch_add(step); begin < reader->elements();
                     begin = next.fetch_add(step)) {
                    const auto end = std::min(begin + step, reader->elements());
                    if (!reader->read({begin, end}, std::span(out).subspan(begin * 4, (end - begin) * 4)))
                        ++failures;
                }
            };
            std::thread other(work);
            work();
            other.join();
            QCOMPARE(failures.load(), 0);
            QVERIFY(out == data);
        }
    }

    void takesTheReplicaThatCanBeRead() {
        CheckpointOfPayloads builder;
        const auto tensor = builder.tensor("t", DType::U8, {4});
        const auto gone = builder.missingFile("a", 4);
        const auto there = builder.file("b", Buffer{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}});
        builder.slice(tensor, {0}, {4}, plainPayload(gone, {0, 4}, DType::U8));
        builder.slice(tensor, {0}, {4}, plainPayload(there, {0, 4}, DType::U8));
        const auto reader = TensorReader::open(builder.build(), tensor, {});
        if (!reader)
            QFAIL(describe(reader.error()).c_str());
        Buffer out(4);
        QVERIFY((*reader)->read({0, 4}, out));
        QCOMPARE(out[3], std::byte{4});
    }

    void resolvesConjAndNeg() {
        const auto check = [](DType dtype, bool conj, bool neg, const Buffer& stored,
                              const Buffer& expected) {
            CheckpointOfPayloads builder;
            const auto tensor = builder.tensor("t", dtype, {stored.size() * 8 / bitsOf(dtype)});
            const auto file = builder.file("f", stored);
            auto payload = plainPayload(file, {0, stored.size()}, dtype);
            payload.conj = conj;
            payload.neg = neg;
            builder.slice(tensor, {0}, {stored.size() * 8 / bitsOf(dtype)}, payload);
            const auto reader = *TensorReader::open(builder.build(), tensor, {});
            Buffer out(stored.size());
            return reader->read({0, reader->elements()}, out).has_value() && out == expected;
        };
        const auto bytes = [](std::initializer_list<int> values) {
            Buffer out;
            for (const int value : values)
                out.push_back(static_cast<std::byte>(value));
            return out;
        };
        QVERIFY(check(DType::C64, true, false, bytes({0, 0, 128, 63, 0, 0, 128, 63}),
                      bytes({0, 0, 128, 63, 0, 0, 128, 191})));
        QVERIFY(check(DType::C64, false, true, bytes({0, 0, 128, 63, 0, 0, 128, 63}),
                      bytes({0, 0, 128, 191, 0, 0, 128, 191})));
        QVERIFY(check(DType::C64, true, true, bytes({0, 0, 128, 63, 0, 0, 128, 63}),
                      bytes({0, 0, 128, 191, 0, 0, 128, 63})));
        QVERIFY(check(DType::F16, false, true, bytes({0, 60, 0, 0}), bytes({0, 188, 0, 128})));
        QVERIFY(check(DType::I16, false, true, bytes({1, 0, 0, 128}), bytes({255, 255, 0, 128})));
        QVERIFY(check(DType::U8, false, true, bytes({1, 0}), bytes({255, 0})));
        QVERIFY(check(DType::F8E4M3Fnuz, false, true, bytes({0, 1, 128}), bytes({0, 129, 128})));
    }

    void refusesPayloadsThatContradictTheMetadata_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<int>("what");
        QTest::newRow("dtype") << "data.dtype-disagrees" << 0;
        QTest::newRow("strides") << "data.strides-disagree" << 1;
        QTest::newRow("start past the storage") << "data.outside-storage" << 2;
        QTest::newRow("huge stride") << "data.outside-storage" << 3;
        QTest::newRow("below the storage") << "data.outside-storage" << 4;
        QTest::newRow("past the file") << "data.past-end-of-file" << 5;
        QTest::newRow("conj of floats") << "data.cannot-negate" << 6;
        QTest::newRow("neg of bools") << "data.cannot-negate" << 7;
        QTest::newRow("damaged zstd") << "data.decode-failed" << 8;
        QTest::newRow("damaged deflate") << "data.decode-failed" << 9;
        QTest::newRow("short zstd") << "data.decoded-short" << 10;
        QTest::newRow("huge start") << "data.outside-storage" << 11;
        QTest::newRow("too large to permute") << "data.too-large-to-permute" << 12;
        QTest::newRow("short deflate") << "data.decoded-short" << 13;
    }

    void refusesPayloadsThatContradictTheMetadata() {
        QFETCH(QString, rule);
        QFETCH(int, what);
        CheckpointOfPayloads builder;
        const auto dtype = what == 7 ? DType::Bool : DType::F32;
        const auto size = std::uint64_t{bitsOf(dtype)} / 8 * 12;
        const auto tensor = builder.tensor("t", dtype, {3, 4});
        Buffer bytes(size, std::byte{1});
        Payload payload = plainPayload({}, {}, dtype);
        if (what == 10 || what == 12)
            bytes = zstd(Buffer(what == 12 ? size : size - 4), 1000);
        if (what == 13)
            bytes = deflated(Buffer(size - 4));
        payload.bytes = {0, bytes.size()};
        switch (what) {
        case 0:
            payload.dtype = DType::I32;
            break;
        case 1:
            payload.strides = {1};
            break;
        case 2:
            payload.start = 1;
            break;
        case 3:
            payload.strides = {INT64_MAX, INT64_MAX};
            break;
        case 4:
            payload.strides = {4, -1};
            break;
        case 6:
            payload.conj = true;
            break;
        case 7:
            payload.neg = true;
            break;
        case 8:
            payload.encoding = {Encoding::Kind::Zstd, 0, size, 1};
            break;
        case 9:
            payload.encoding = {Encoding::Kind::Deflate, 0, size, 1};
            break;
        case 10:
            payload.encoding = {Encoding::Kind::Zstd, 0, size, 1};
            break;
        case 11:
            payload.start = UINT64_MAX - 3;
            break;
        case 12:
            payload.encoding = {Encoding::Kind::Zstd, 0, size, 1};
            payload.strides = {1, 3};
            break;
        case 13:
            payload.encoding = {Encoding::Kind::Deflate, 0, size, 1};
            break;
        default:
            break;
        }
        payload.file = builder.file("f", std::move(bytes));
        const auto stored = payload.bytes;
        if (what == 5)
            payload.bytes.end += 8;
        // The columns keep a sound range and dtype; only the payload is wrong.
        class One final : public CheckpointBackend {
        public:
            Payload payload_;
            Result<Payload> payload(const Checkpoint&, SliceId) const override { return payload_; }
        };
        auto backend = std::make_shared<One>();
        backend->payload_ = payload;
        builder.builder().addWholeSlice(tensor, dtype, payload.file, stored);
        builder.builder().setBackend(backend);
        const auto checkpoint = *builder.builder().build();
        JobContext context;
        context.memory = what == 12 ? 16 : context.memory;
        const auto reader = TensorReader::open(checkpoint, tensor, context);
        if (!reader) {
            QCOMPARE(QString::fromStdString(std::string(ruleOf(reader.error()))), rule);
            return;
        }
        Buffer out((*reader)->bytes());
        const auto read = (*reader)->read({0, (*reader)->elements()}, out);
        QVERIFY(!read);
        QCOMPARE(QString::fromStdString(std::string(ruleOf(read.error()))), rule);
    }

    void refusesWhatItCannotRead() {
        CheckpointOfPayloads builder;
        const auto unknown = builder.builder().addTensor("unknown")->id;
        builder.builder().setDType(unknown, DType::Unknown, "F5");
        builder.builder().setShape(unknown, Dims{2});
        const auto hole = builder.tensor("hole", DType::U8, {4});
        const auto halves = builder.tensor("halves", DType::F4, {4});
        const auto file = builder.file("f", Buffer(8));
        builder.slice(hole, {0}, {2}, plainPayload(file, {0, 2}, DType::U8));
        builder.slice(halves, {0}, {4}, plainPayload(file, {2, 4}, DType::F4));
        const auto checkpoint = builder.build();
        QCOMPARE(ruleOf(TensorReader::open(checkpoint, unknown, {}).error()),
                 std::string_view("data.unknown-dtype"));
        const auto incomplete = TensorReader::open(checkpoint, hole, {});
        QVERIFY(!incomplete);
        QCOMPARE(ruleOf(incomplete.error()), std::string_view("slices.missing"));
        const auto reader = *TensorReader::open(checkpoint, halves, {});
        Buffer out(1);
        QCOMPARE(ruleOf(reader->read({1, 3}, out).error()), std::string_view("data.bad-range"));
        QCOMPARE(ruleOf(reader->read({2, 6}, out).error()), std::string_view("data.bad-range"));
        QCOMPARE(ruleOf(reader->read({0, 4}, out).error()), std::string_view("data.bad-range"));
        QVERIFY(reader->read({2, 4}, out));
    }

    void readsEncodedSlicesForwardsInOnePass() {
        Random random(3);
        const auto plain = randomBytes(random, 3'000'000);
        CheckpointOfPayloads builder;
        const auto tensor = builder.tensor("t", DType::U8, {3'000'000});
        auto packed = zstd(plain, 700'000);
        const auto size = packed.size();
        auto payload = plainPayload(builder.file("f", std::move(packed)), {0, size}, DType::U8);
        payload.encoding = {Encoding::Kind::Zstd, 0, plain.size(), 1};
        builder.slice(tensor, {0}, {3'000'000}, payload);
        const auto reader = *TensorReader::open(builder.build(), tensor, {});
        QVERIFY(!reader->randomAccess());
        Buffer out(plain.size());
        for (std::uint64_t at = 0; at < plain.size(); at += 100'000)
            QVERIFY(reader->read({at, at + 100'000}, std::span(out).subspan(at, 100'000)));
        QVERIFY(out == plain);
        QVERIFY(reader->read({1000, 2000}, std::span(out).first(1000))); // going back costs, and works
        QVERIFY(std::equal(out.begin(), out.begin() + 1000, plain.begin() + 1000));
    }
};

QTEST_GUILESS_MAIN(TensorReaderTest)
#include "tensor_reader_test.moc"
