// SPDX-License-Identifier: Apache-2.0
// Pipelines in the window: folders and archives, their components, and who can open an archive.
#include "ui/settings/settings.h"
#include "ui/shell/drop_offer.h"
#include "ui/shell/recent_items.h"
#include "ui/shell/start_page.h"
#include "ui/views/contents_view.h"
#include "ui/views/findings_view.h"
#include "ui/views/parts/verdict_cards.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>
#include <set>

using namespace shardlens;
using namespace shardlens::ui;
using State = VerdictCards::Card::State;

namespace {

constexpr int Wait = 20'000;
const QString Data = QStringLiteral(SHARDLENS_TEST_DATA);

} // namespace

class PipelineTest : public QObject {
    Q_OBJECT

private:
    JobRunner m_runner;
    std::unique_ptr<Document> m_document;

    void open(const QString& path) {
        m_document->open(path);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->isOpen() && !m_document->isOpening(), Wait);
    }

    static std::vector<State> statesOf(const FindingsView& view) {
        std::vector<State> states;
        for (const auto& card : view.verdicts()->cards())
            states.push_back(card.state);
        return states;
    }

    /// Some pixel of the widget has the colour, or one near it.
    static bool shows(QWidget& widget, const QColor& wanted) {
        const QImage image = widget.grab().toImage();
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (std::abs(pixel.red() - wanted.red()) + std::abs(pixel.green() - wanted.green()) +
                        std::abs(pixel.blue() - wanted.blue()) <
                    12)
                    return true;
            }
        return false;
    }

private slots:
    void init() { m_document = std::make_unique<Document>(&m_runner); }

    void anArchiveHasThreeVerdicts() {
        FindingsView view(m_document.get());
        view.resize(900, 200);
        QVERIFY(!view.verdicts()->isVisibleTo(&view));
        open(Data + "/dduf_sd15/sd15.dduf");
        QVERIFY(view.verdicts()->isVisibleTo(&view));
        QCOMPARE(statesOf(view), (std::vector{State::Opens, State::Opens, State::Opens}));
        QVERIFY(shows(*view.verdicts(), style::Theme(view.palette()).good()));
        QVERIFY(!shows(*view.verdicts(), style::Theme(view.palette()).severity(Severity::Error)));

        open(Data + "/dduf_flux/flux.dduf"); // it holds a .model entry
        QCOMPARE(statesOf(view), (std::vector{State::Opens, State::Opens, State::Refuses}));
        const auto& js = view.verdicts()->cards()[2];
        QCOMPARE(js.who, QStringLiteral("huggingface.js"));
        QVERIFY(js.reason.contains(QStringLiteral("extension")));
        QVERIFY(view.verdicts()->accessibleDescription().contains(QStringLiteral("huggingface.js")));
        QVERIFY(shows(*view.verdicts(), style::Theme(view.palette()).severity(Severity::Warning)));

        open(Data + "/dduf_dotdot/tiny.dduf");
        QCOMPARE(statesOf(view), (std::vector{State::Refuses, State::Refuses, State::Opens}));
        QVERIFY(view.model()->rowCount() > 0);
        QVERIFY(shows(*view.verdicts(), style::Theme(view.palette()).severity(Severity::Error)));
        open(Data + "/hf_single");
        QVERIFY(!view.verdicts()->isVisibleTo(&view));
    }

    void componentsAreBranches() {
        for (const char* path : {"/diffusers_sd15", "/dduf_sd15/sd15.dduf"}) {
            ContentsView contents(m_document.get());
            open(Data + path);
            const auto* model = contents.tree()->model();
            std::set<QString> names;
            for (int row = 0; row < model->rowCount(); ++row)
                names.insert(model->index(row, 0).data().toString());
            for (const char* component : {"unet", "vae", "text_encoder", "safety_checker"})
                QVERIFY2(names.contains(QLatin1String(component)), component);
            QVERIFY(
                names.contains(QStringLiteral("scheduler/scheduler_config.json"))); // a branch of one leaf
        }
    }

    void dropsSayWhatTheyAre() {
        const DropOffer archive =
            offerFor(recogniseDropped({(Data + "/dduf_sd15/sd15.dduf").toStdString()}, {}), {});
        QCOMPARE(archive.title, QStringLiteral("DDUF archive"));
        QVERIFY(archive.facts.contains(QStringLiteral("16 entries")));
        QVERIFY(archive.facts.contains(QStringLiteral("StableDiffusionPipeline")));
        const DropOffer folder =
            offerFor(recogniseDropped({(Data + "/diffusers_sdxl").toStdString()}, {}), {});
        QCOMPARE(folder.title, QStringLiteral("Diffusers folder"));
        QVERIFY(folder.facts.contains(QStringLiteral("7 components")));
        QVERIFY2(folder.note.contains(QStringLiteral("more stay out")), qPrintable(folder.note));
        const DropOffer refused =
            offerFor(recogniseDropped({(Data + "/dduf_dotdot/tiny.dduf").toStdString()}, {}), {});
        QVERIFY(refused.facts.contains(QStringLiteral("refused")));
    }

    void theStartPageKnowsArchives() {
        QTemporaryDir folder;
        Settings settings(folder.filePath(QStringLiteral("settings.ini")));
        RecentItems recent(&settings);
        StartPage page(&recent);
        QSignalSpy asked(&page, &StartPage::archiveRequested);
        const auto cards = page.findChildren<ActionCard*>();
        QCOMPARE(cards.size(), 3);
        QCOMPARE(cards[2]->accessibleName(), QStringLiteral("DDUF"));
        cards[2]->findChild<QPushButton*>()->click();
        QCOMPARE(asked.size(), 1);
    }
};

QTEST_MAIN(PipelineTest)
#include "pipeline_test.moc"
