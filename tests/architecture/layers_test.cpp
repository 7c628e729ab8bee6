// SPDX-License-Identifier: Apache-2.0
#include "support/layers.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <string>

using namespace shardlens::test;

namespace {

const std::string licence = "// SPDX-License-Identifier: Apache-2.0\n";

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines)
        out += line + "\n";
    return out;
}

} // namespace

class LayersTest : public QObject {
    Q_OBJECT

private slots:
    void theHouseKeepsItsRules() {
        const auto found = breaches(SHARDLENS_SOURCE_DIR);
        QVERIFY2(found.empty(), ("\n" + joined(found)).c_str());
    }

    void whatIsAllowed_data() {
        includes({
            {"core/io/a.cpp", "base/error.h"},
            {"core/io/a.cpp", "io/rules.h"},
            {"core/model/a.h", "io/byte_source.h"},
            {"core/query/a.h", "model/checkpoint.h"},
            {"core/data/a.h", "model/checkpoint.h"},
            {"core/analysis/a.h", "data/tensor_reader.h"},
            {"core/formats/detect.cpp", "formats/dduf/reader.h"},
            {"core/formats/zip/a.h", "formats/file_damage.h"},
            {"core/formats/torch/a.h", "formats/pickle/machine.h"},
            {"core/formats/dcp/a.h", "formats/torch/archive.h"},
            {"core/formats/diffusers/a.h", "formats/hub/index.h"},
            {"core/formats/dduf/a.h", "formats/diffusers/x.h"},
            {"core/convert/a.h", "formats/safetensors/writer.h"},
            {"core/convert/a.h", "data/tensor_reader.h"},
            {"core/convert/a.h", "query/filter.h"},
            {"core/catalog/a.cpp", "formats/hub/rules.h"},
            {"core/io/a.cpp", "<vector>"},
            {"core/io/a.cpp", "<sys/stat.h>"},
            {"ui/views/a.cpp", "<QWidget>"},
            {"ui/views/a.cpp", "a.moc"},
            {"ui/views/a.cpp", "formats/survey.h"},
            {"ui/views/a.cpp", "convert/plan.h"},
            {"ui/views/a.cpp", "ui/style/palette.h"},
            {"app/window/main.cpp", "ui/shell/main_window.h"},
            {"app/window/main.cpp", "<QApplication>"},
            {"app/cli/a.cpp", "formats/dduf/check.h"},
            {"app/cli/a.cpp", "app/cli/output.h"},
            {"app/cli/a.cpp", "<CLI/CLI.hpp>"},
        });
    }
    void whatIsAllowed() {
        QFETCH(const QString, file);
        QFETCH(const QString, include);
        const auto found = breachesOf(file, include);
        QVERIFY2(found.empty(), joined(found).c_str());
    }

    void whatIsABreach_data() {
        includes({
            {"core/base/a.h", "jobs/progress.h"},
            {"core/io/a.cpp", "model/checkpoint.h"},
            {"core/model/a.h", "query/filter.h"},
            {"core/query/a.h", "data/tensor_reader.h"},
            {"core/query/a.h", "formats/open.h"},
            {"core/data/a.h", "formats/zip/entry.h"},
            {"core/data/a.h", "analysis/hash.h"},
            {"core/formats/zip/a.h", "formats/json/document.h"},
            {"core/formats/pickle/a.h", "formats/torch/a.h"},
            {"core/formats/torch/a.h", "formats/safetensors/a.h"},
            {"core/formats/hub/a.h", "formats/diffusers/a.h"},
            {"core/formats/dduf/a.h", "formats/hub/index.h"},
            {"core/formats/dcp/a.h", "formats/hub/index.h"},
            {"core/formats/zip/a.h", "data/decode.h"},
            {"core/formats/open.cpp", "convert/plan.h"},
            {"core/analysis/a.h", "query/filter.h"},
            {"core/convert/a.h", "catalog/rule_catalog.h"},
            {"core/convert/a.h", "ui/style/palette.h"},
            {"core/io/a.cpp", "<QString>"},
            {"core/io/a.cpp", "<QtCore/QString>"},
            {"core/io/a.cpp", "<qglobal.h>"},
            {"core/io/a.cpp", "posix.h"},
            {"core/io/a.cpp", "../model/box.h"},
            {"core/new/a.cpp", "<vector>"},
            {"core/formats/gguf/a.cpp", "<vector>"},
            {"ui/views/a.cpp", "formats/format_reader.h"},
            {"ui/views/a.cpp", "formats/safetensors/header.h"},
            {"ui/views/a.cpp", "app/cli/output.h"},
            {"app/cli/a.cpp", "<QString>"},
            {"app/cli/a.cpp", "ui/style/numbers.h"},
            {"app/window/main.cpp", "app/cli/output.h"},
            {"app/cli/a.cpp", "app/window/x.h"},
        });
    }
    void whatIsABreach() {
        QFETCH(const QString, file);
        QFETCH(const QString, include);
        const auto found = breachesOf(file, include);
        QCOMPARE(found.size(), 1u);
        QVERIFY2(found[0].starts_with(file.toStdString() + ":"), found[0].c_str());
    }

    void filesWithoutLicenceAndLongOnes() {
        const TempFolder temp;
        std::string lines = licence;
        for (int i = 0; i < 420; ++i)
            lines += "\n";
        temp.write("core/io/long.cpp", lines);
        temp.write("core/io/bare.h", "#pragma once\n");
        temp.write("core/CMakeLists.txt", "");
        temp.write("tests/core/x_test.cpp", "int x;\n");
        temp.write("tests/core/long_test.cpp", lines);
        temp.write("ui/fine.cpp", licence);
        COMPARE_TEXT(joined(breaches(temp.path())),
                     "core/CMakeLists.txt: no SPDX line\ncore/io/bare.h: no SPDX line\n"
                     "core/io/long.cpp: 421 lines\ntests/core/x_test.cpp: no SPDX line\n");
    }

private:
    static void includes(const std::vector<std::pair<const char*, const char*>>& rows) {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("include");
        for (const auto& [file, include] : rows)
            QTest::addRow("%s includes %s", file, include) << file << include;
    }

    static std::vector<std::string> breachesOf(const QString& file, const QString& include) {
        const TempFolder temp;
        const auto text = include.startsWith('<') ? include : '"' + include + '"';
        temp.write(file.toStdString(), licence + "\n#include " + text.toStdString() + "\n");
        return breaches(temp.path());
    }
};

QTEST_GUILESS_MAIN(LayersTest)
#include "layers_test.moc"
