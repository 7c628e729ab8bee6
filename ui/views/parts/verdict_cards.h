// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace shardlens::ui {

/// Who can open an archive: this program and other readers, a card each with the reason where one refuses.
/// Hidden where the format knows no other readers.
class VerdictCards : public QWidget {
    Q_OBJECT

public:
    struct Card {
        enum class State { Opens, OpensWithNotes, Refuses };
        State state = State::Opens;
        QString who;
        QString verdict; ///< `opens it`, `refuses it`
        QString reason;  ///< plain text
    };

    explicit VerdictCards(QWidget* parent = nullptr);

    void setCheckpoint(const CheckpointPtr& checkpoint);
    void setCards(std::vector<Card> cards);
    const std::vector<Card>& cards() const { return m_cards; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF rectOf(std::size_t card) const;
    void paintCard(QPainter& painter, const QRectF& rect, const Card& card) const;

    std::vector<Card> m_cards;
};

} // namespace shardlens::ui
