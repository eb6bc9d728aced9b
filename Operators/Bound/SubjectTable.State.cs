using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Bound;

/// <content>Snapshot and restore: tokens, number of groups of each, then the slots one after the other.</content>
internal sealed unsafe partial class SubjectTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        var tokens = writer.Reserve<Token>(Count);
        for (var i = 0; i < Count; i++)
        {
            tokens[i] = *(Token*)EntryAt(i);
        }

        var counts = writer.Reserve<int>(Count);
        var slots = 0;
        for (var i = 0; i < Count; i++)
        {
            var entry = EntryAt(i);
            CutOff(entry);
            counts[i] = *(int*)(entry + SubjectLayout.CountAt);
            slots = checked(slots + counts[i]);
        }

        WriteSlots(writer.Reserve<byte>(checked(slots * _layout.SlotBytes)));
    }

    /// <summary>Reads what <see cref="Write"/> wrote into the empty, open table.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader)
    {
        var tokens = reader.ReadArray<Token>();
        var counts = reader.ReadArray<int>();
        var slots = reader.ReadBytes();
        Require(tokens.Length == counts.Length, "subjects and their groups do not go together");
        Reserve(tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
        {
            Require(counts[i] >= 1 && counts[i] <= _layout.Groups && (long)counts[i] * _layout.SlotBytes <= slots.Length, "a number of groups is not possible");
            slots = ReadSubject(tokens[i], counts[i], slots);
        }

        Require(slots.IsEmpty, "there are more groups than subjects have");
    }

    private ReadOnlySpan<byte> ReadSubject(Token token, int count, ReadOnlySpan<byte> slots)
    {
        Require(token != default, "a subject has no token");
        var before = Count;
        var entry = Locate(token);
        Require(Count == before + 1, "a subject occurs twice");
        for (var i = 0; i < count; i++)
        {
            var stored = slots[.._layout.SlotBytes];
            slots = slots[_layout.SlotBytes..];
            stored.CopyTo(new Span<byte>(SlotFor(entry, stored), _layout.SlotBytes));
        }

        return slots;
    }

    private byte* SlotFor(byte* entry, ReadOnlySpan<byte> stored)
    {
        var group = MemoryMarshal.Read<int>(stored);
        var rows = MemoryMarshal.Read<int>(stored[SubjectLayout.RowsAt..]);
        Require(group >= 0 && group < _groups.Count, "a group does not exist");
        Require(rows >= 1 && rows <= _layout.RowsPerGroup, "a number of rows is outside its bound");
        Require(!Holds(entry, group), "a subject has a group twice");
        var kept = *(int*)(entry + SubjectLayout.CountAt);
        if (kept >= _layout.Inline)
        {
            return AddToBlock(entry, group);
        }

        *(int*)(entry + SubjectLayout.CountAt) = kept + 1;
        return entry + SubjectLayout.SlotsAt + ((nint)kept * _layout.SlotBytes);
    }

    private bool Holds(byte* entry, int group)
    {
        var inline = Math.Min(*(int*)(entry + SubjectLayout.CountAt), _layout.Inline);
        for (var i = 0; i < inline; i++)
        {
            if (*(int*)(entry + SubjectLayout.SlotsAt + ((nint)i * _layout.SlotBytes)) == group)
            {
                return true;
            }
        }

        var place = *(int*)(entry + SubjectLayout.BlockAt);
        return place != 0 && *(int*)InBlock(place, group) == group;
    }

    private void WriteSlots(Span<byte> all)
    {
        for (var i = 0; i < Count; i++)
        {
            for (var slots = new SlotCursor(this, EntryAt(i)); slots.MoveNext(); all = all[_layout.SlotBytes..])
            {
                new Span<byte>(slots.Current, _layout.SlotBytes).CopyTo(all);
            }
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SnapshotException($"The stored state is damaged: {what}.");
        }
    }
}
