// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_readers.h"
#include "formats/dduf/reader_verdicts.h"
#include "formats/open.h"
#include "io/byte_source.h"
#include "ui/dialogs/components_model.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/dialogs/unpack_dialog.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"
#include "ui/shell/drop_offer.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDirIterator>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

QString data(const char* name) {
    return QStringLiteral(SHARDLENS_TEST_DATA "/") + QString::fromLatin1(name);
}

int rowOf(const ComponentsModel& model, const char* name) {
    const auto& rows = model.rows();
    const auto found = std::ranges::find(rows, name, &ComponentRow::name);
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

} // namespace

class ArchiveTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    Settings m_settings{m_folder.filePath(QStringLiteral("settings.ini"))};
    JobList m_jobs{&m_runner};
    Services m_services{&m_runner, &m_jobs, &m_settings, nullptr};

    QString target(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }

    void tick(ArchiveDialog& dialog, const char* component, bool on) {
        ComponentsModel& model = *dialog.components();
        QVERIFY(model.setData(model.index(rowOf(model, component), ComponentsModel::Name),
                              on ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole));
    }

    bool run(ArchiveDialog& dialog) {
        QSignalSpy started(&dialog, &ArchiveDialog::started);
        dialog.start();
        if (started.count() != 1)
            return false;
        const int job = started.front().front().toInt();
        return QTest::qWaitFor([&] { return m_jobs.find(job)->report.has_value(); }, 20'000) &&
               m_jobs.find(job)->report->outcome == JobReport::Outcome::Done;
    }

private slots:
    void plansAnExportAndFitsASmallScreen() {
        ExportDialog dialog(m_services, data("diffusers_flux"), target("a.dduf"));
        const QAbstractItemModelTester tester(dialog.components());
        dialog.show();
        QVERIFY(!dialog.startButton()->isEnabled());
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY2(dialog.digest(), qPrintable(dialog.notes()->text()));
        QVERIFY(dialog.startButton()->isEnabled());
        QVERIFY(rowOf(*dialog.components(), "transformer") >= 0);
        QCOMPARE(dialog.digest()->readers.size(), std::size_t{3});
        QVERIFY(!dialog.digest()->shown->leftOut.empty());
        QVERIFY(dialog.height() <= 720 && dialog.minimumSizeHint().height() <= 720);
        QVERIFY(!QFile::exists(target("a.dduf")));
        const auto json = QJsonDocument::fromJson(planAsJson(*dialog.digest())).object();
        QCOMPARE(json.value(QStringLiteral("command")).toString(), QStringLiteral("dduf export"));
        QVERIFY(json.contains(QStringLiteral("plan")));
    }

    void whatIsUntickedStaysOut() {
        ExportDialog dialog(m_services, data("diffusers_flux"), target("b.dduf"));
        QTRY_VERIFY(dialog.isSettled());
        tick(dialog, "text_encoder", false);
        QVERIFY(!dialog.startButton()->isEnabled()); // what is shown is not what would run
        QTRY_VERIFY(dialog.isSettled());
        QCOMPARE(dialog.options().exclude, std::vector<std::string>{"text_encoder"});
        QVERIFY(dialog.command().contains(QStringLiteral("--exclude text_encoder")));
        QVERIFY(!dialog.components()->row(rowOf(*dialog.components(), "text_encoder")).included);
        tick(dialog, "text_encoder", true);
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.options().exclude.empty());
    }

    void weightsAreChosenForOneAndForAll() {
        ExportDialog dialog(m_services, data("diffusers_sd3"), target("c.dduf"));
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY2(dialog.digest(), qPrintable(dialog.notes()->text()));
        ComponentsModel& model = *dialog.components();
        const auto several =
            std::ranges::find_if(model.rows(), [](const auto& row) { return row.sets.size() > 1; });
        QVERIFY(several != model.rows().end());
        const std::string name = several->name;
        const int row = rowOf(model, name.c_str()), other = several->chosen == 0 ? 1 : 0;
        const std::string set = several->sets[other].toStdString();
        QVERIFY(model.flags(model.index(row, ComponentsModel::Weights)) & Qt::ItemIsEditable);
        QVERIFY(model.setData(model.index(row, ComponentsModel::Weights), other, Qt::EditRole));
        QTRY_VERIFY(dialog.isSettled());
        QCOMPARE(dialog.options().weights, (convert::ExportOptions::Pairs{{name, set}}));
        QVERIFY(dialog.command().contains(QString::fromStdString("--weights " + name + "=" + set)));

        const int fp16 = dialog.variants()->findData(QStringLiteral("fp16"));
        QVERIFY(fp16 > 0);
        dialog.variants()->setCurrentIndex(fp16);
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.options().weights.empty());
        QCOMPARE(dialog.options().variant, std::string("fp16"));
    }

    void exportsAndUnpacksWhatWasExported() {
        ExportDialog exporting(m_services, data("diffusers_flux"), target("d.dduf"));
        QTRY_VERIFY(exporting.isSettled());
        QVERIFY(run(exporting));
        // What the dialog said of other readers is what they do.
        const auto source = openFile(target("d.dduf").toStdString());
        QVERIFY(source);
        const auto judged = dduf::judgeReaders(**source, {});
        const auto expected = convert::expectedReaders(*exporting.digest()->exportPlan);
        QVERIFY(judged);
        QCOMPARE(judged->size(), expected.size());
        for (std::size_t i = 0; i != expected.size(); ++i) {
            QCOMPARE((*judged)[i].reader, expected[i].reader);
            QCOMPARE((*judged)[i].opens, expected[i].opens);
        }
        QVERIFY(!expected[1].opens); // it holds a tokenizer's .model

        UnpackDialog unpacking(m_services, target("d.dduf"), target("unpacked"), {});
        QTRY_VERIFY(unpacking.isSettled());
        QVERIFY2(unpacking.digest(), qPrintable(unpacking.notes()->text()));
        QVERIFY(run(unpacking));
        int files = 0;
        QDirIterator walk(target("unpacked"), QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext()) {
            const QString path = walk.next();
            const QString own = QDir(target("unpacked")).relativeFilePath(path);
            QCOMPARE(bytesOf(path), bytesOf(data("diffusers_flux") + QLatin1Char('/') + own));
            ++files;
        }
        QCOMPARE(static_cast<std::size_t>(files), exporting.digest()->exportPlan->entries.size());

        // What is there is replaced with consent alone.
        ExportDialog again(m_services, data("diffusers_flux"), target("d.dduf"));
        QTRY_VERIFY(again.isSettled());
        QVERIFY(!again.startButton()->isEnabled());
        QVERIFY(again.notes()->replaceButton()->isVisibleTo(&again));
        again.notes()->replaceButton()->click();
        QTRY_VERIFY(again.isSettled());
        QVERIFY(again.startButton()->isEnabled());
        QVERIFY(again.command().contains(QStringLiteral("--force")));
    }

    void unpacksWhatIsTicked() {
        UnpackDialog dialog(m_services, data("dduf_sd15/sd15.dduf"), target("part"), {});
        const QAbstractItemModelTester tester(dialog.components());
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY2(dialog.digest(), qPrintable(dialog.notes()->text()));
        for (const ComponentRow& row : std::vector<ComponentRow>(dialog.components()->rows()))
            if (row.name != "vae")
                tick(dialog, row.name.c_str(), false);
        QTRY_VERIFY(dialog.isSettled());
        QCOMPARE(dialog.options().include, std::vector<std::string>{"vae"});
        QVERIFY(run(dialog));
        QCOMPARE(QDir(target("part")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"vae"});

        UnpackDialog none(m_services, data("dduf_sd15/sd15.dduf"), target("none"), {});
        QTRY_VERIFY(none.isSettled());
        for (const ComponentRow& row : std::vector<ComponentRow>(none.components()->rows()))
            tick(none, row.name.c_str(), false);
        QTRY_VERIFY(none.isSettled());
        QVERIFY(!none.startButton()->isEnabled());
    }

    void anUnsoundArchiveIsNotUnpacked() {
        UnpackDialog dialog(m_services, data("dduf_dotdot/tiny.dduf"), target("evil"), {});
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(!dialog.startButton()->isEnabled());
        QVERIFY(!dialog.notes()->text().isEmpty());
        dialog.start();
        QVERIFY(!QFile::exists(target("evil")));
    }

    void dropsOfferWhatFits() {
        const auto actions = [](const DropOffer& offer) {
            QList<int> all;
            for (const DropTarget& each : offer.targets)
                all << static_cast<int>(each.action);
            return all;
        };
        const auto has = [](const QList<int>& all, DropAction action) {
            return all.contains(static_cast<int>(action));
        };
        const auto pipeline = offerFor(recogniseDropped({data("diffusers_flux").toStdString()}, {}), {});
        QVERIFY(has(actions(pipeline), DropAction::ExportDduf));
        QVERIFY(!has(actions(pipeline), DropAction::Unpack));
        const auto archive = offerFor(recogniseDropped({data("dduf_sd15/sd15.dduf").toStdString()}, {}), {});
        QVERIFY(has(actions(archive), DropAction::Unpack));
        QVERIFY(!has(actions(archive), DropAction::ExportDduf));
        const auto plain = recogniseDropped({m_folder.path().toStdString()}, {});
        QVERIFY(has(actions(offerFor(plain, QStringLiteral("x"), Format::Dduf)), DropAction::UnpackHere));
        QVERIFY(
            has(actions(offerFor(plain, QStringLiteral("x"), Format::Diffusers)), DropAction::ExportHere));
        const auto other = actions(offerFor(plain, QStringLiteral("x"), Format::Safetensors));
        QVERIFY(!has(other, DropAction::ExportHere) && !has(other, DropAction::UnpackHere));
    }
};

QTEST_MAIN(ArchiveTest)
#include "archive_test.moc"
