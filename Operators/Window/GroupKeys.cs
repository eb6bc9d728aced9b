using System.Buffers.Binary;
using System.Globalization;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Turns keys that do not come from rows (known ones, restored ones) into groups.</summary>
internal static class GroupKeys
{
    /// <summary>The groups of a plan whose keys are known.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The groups in the plan's order; null when keys are unknown.</returns>
    public static GroupTable? Known(BoundedWindowPlan plan)
    {
        if (plan.GroupBy.Count > 0 && plan.KnownKeys is null)
        {
            return null;
        }

        var groups = new GroupTable();
        foreach (var parts in plan.GroupBy.Count == 0 ? [[]] : plan.KnownKeys!)
        {
            var key = WindowAggregate.EncodeKey(parts);
            if (TryProbe(plan, key, out var probe))
            {
                groups.TryAdd(probe, key);
            }
        }

        return groups;
    }

    /// <summary>The probe under which rows look an encoded key up.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="key">The encoded key.</param>
    /// <param name="probe">The probe.</param>
    /// <returns>False when no row can have the key: it is not of the plan's form, or a number is not written as rows
    /// write it.</returns>
    public static bool TryProbe(BoundedWindowPlan plan, ReadOnlySpan<byte> key, out KeyProbe probe)
    {
        if (plan.GroupBy is [{ Type: not ColumnType.Text }])
        {
            probe = KeyProbe.OfNumber(Number(key));
            return IsNumber(key);
        }

        probe = KeyProbe.OfBytes(key);
        return plan.GroupBy.Count == 1 || HasParts(plan.GroupBy, key);
    }

    private static bool HasParts(IReadOnlyList<GroupField> fields, ReadOnlySpan<byte> key)
    {
        foreach (var field in fields)
        {
            if (key.Length < sizeof(int))
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(key);
            key = key[sizeof(int)..];
            if (length < 0 || length > key.Length || (field.Type != ColumnType.Text && !IsNumber(key[..length])))
            {
                return false;
            }

            key = key[length..];
        }

        return key.IsEmpty;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : Int64Column.Missing;

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        Span<byte> canonical = stackalloc byte[20];
        return canonical[..KeyChunk.Format(Number(text), canonical)].SequenceEqual(text);
    }
}
