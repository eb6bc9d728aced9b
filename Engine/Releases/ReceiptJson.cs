using System.Text.Json;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>A receipt as JSON, part of <see cref="ReleaseJson"/>.</summary>
internal static class ReceiptJson
{
    // All of them or none: receipts that were stored before values were bound have none.
    private static readonly string[] ProofFields = ["reason", "windows", "spent_before", "budget", "previous_event", "event", "values", "above"];

    public static void WriteTo(Utf8JsonWriter writer, Receipt receipt)
    {
        writer.WriteStartObject();
        writer.WriteString("period_start", JsonFields.Instant(receipt.PeriodStartMs));
        writer.WriteString("composition_group", receipt.CompositionGroup);
        writer.WriteNumber("max_windows", receipt.MaxWindows);
        WriteCost(writer, "cost", receipt.Cost);
        WriteCost(writer, "charged", receipt.Charged);
        WriteCost(writer, "spent_in_period", receipt.SpentInPeriod);
        WriteCost(writer, "left_in_period", receipt.LeftInPeriod);
        writer.WriteNumber("ledger_version", receipt.LedgerVersion);
        writer.WriteString("stored_at", JsonFields.Instant(receipt.StoredAtMs));
        if (receipt.Proof is { } proof)
        {
            WriteProof(writer, proof);
        }

        writer.WriteEndObject();
    }

    public static Receipt Read(JsonElement json) => new()
    {
        PeriodStartMs = JsonFields.Instant(json, "period_start"),
        CompositionGroup = JsonFields.Text(json, "composition_group"),
        MaxWindows = checked((int)JsonFields.Long(json, "max_windows", int.MaxValue)),
        Cost = ReadCost(json, "cost"),
        Charged = ReadCost(json, "charged"),
        SpentInPeriod = ReadCost(json, "spent_in_period"),
        LeftInPeriod = ReadCost(json, "left_in_period"),
        LedgerVersion = JsonFields.Long(json, "ledger_version", long.MaxValue),
        StoredAtMs = JsonFields.Instant(json, "stored_at"),
        Proof = ProofFields.Any(name => json.TryGetProperty(name, out _)) ? ReadProof(json) : null,
    };

    private static void WriteProof(Utf8JsonWriter writer, ReceiptProof proof)
    {
        writer.WriteString("reason", ChargeReasonNames.ToName(proof.Reason));
        writer.WriteNumber("windows", proof.Windows);
        WriteCost(writer, "spent_before", proof.SpentBefore);
        WriteCost(writer, "budget", proof.Budget);
        writer.WriteString("previous_event", proof.PreviousEvent);
        writer.WriteString("event", proof.Event);
        writer.WriteString("values", proof.Values);
        writer.WriteStartArray("above");
        foreach (var charge in proof.Above)
        {
            writer.WriteStartObject();
            writer.WriteString("account", charge.Account);
            writer.WriteNumber("ledger_version", charge.LedgerVersion);
            WriteCost(writer, "charged", charge.Charged);
            writer.WriteString("event", charge.Event);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static ReceiptProof ReadProof(JsonElement json) => new()
    {
        Reason = ChargeReasonNames.TryParse(JsonFields.Text(json, "reason"), out var reason) ? reason : throw JsonFields.Bad("reason"),
        Windows = checked((int)JsonFields.Long(json, "windows", int.MaxValue)),
        SpentBefore = ReadCost(json, "spent_before"),
        Budget = ReadCost(json, "budget"),
        PreviousEvent = JsonFields.Text(json, "previous_event"),
        Event = JsonFields.Text(json, "event"),
        Values = JsonFields.Text(json, "values"),
        Above = [.. JsonFields.Array(json, "above").Select(item => new AncestorCharge(
            JsonFields.Text(item, "account"), JsonFields.Long(item, "ledger_version", long.MaxValue), ReadCost(item, "charged"), JsonFields.Text(item, "event")))],
    };

    private static void WriteCost(Utf8JsonWriter writer, string name, PrivacyCost cost)
    {
        writer.WriteStartObject(name);
        writer.WriteString("measure", PrivacyMeasureNames.ToName(cost.Measure));
        writer.WriteNumber(LossField(cost.Measure), cost.Loss);
        if (cost.Measure == PrivacyMeasure.Approximate || cost.AttoDelta > 0)
        {
            writer.WriteNumber("atto_delta", cost.AttoDelta);
        }

        writer.WriteEndObject();
    }

    private static PrivacyCost ReadCost(JsonElement json, string name)
    {
        var cost = JsonFields.Object(json, name);
        if (!PrivacyMeasureNames.TryParse(JsonFields.Text(cost, "measure"), out var measure))
        {
            throw JsonFields.Bad("measure");
        }

        // A zero-concentrated cost has a delta only where it is above 0; a pure one has none.
        var hasDelta = measure == PrivacyMeasure.Approximate || (measure == PrivacyMeasure.ZeroConcentrated && cost.TryGetProperty("atto_delta", out _));
        var delta = hasDelta ? JsonFields.Long(cost, "atto_delta", PrivacyCost.UnitsPerDelta) : 0;
        return PrivacyCost.FromUnits(measure, JsonFields.Long(cost, LossField(measure), long.MaxValue), delta);
    }

    private static string LossField(PrivacyMeasure measure) => measure == PrivacyMeasure.ZeroConcentrated ? "nano_rho" : "nano_epsilon";
}
