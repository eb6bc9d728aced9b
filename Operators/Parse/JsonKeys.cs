using System.Runtime.CompilerServices;
using System.Text;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Finds the fields that a JSON key fills; an open-addressing table over the key's length and first bytes.</summary>
internal sealed class JsonKeys
{
    private readonly (byte[] Key, FieldTarget? Target)[] _slots;

    /// <summary>A table of the keys of a data map; fields of one source name are chained.</summary>
    /// <param name="targets">The fields.</param>
    public JsonKeys(IReadOnlyList<FieldTarget> targets)
    {
        _slots = new (byte[], FieldTarget?)[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, 4 * targets.Count))];
        foreach (var group in targets.GroupBy(target => target.SourceName))
        {
            var chain = group.ToArray();
            for (var i = 0; i + 1 < chain.Length; i++)
            {
                chain[i].Next = chain[i + 1];
            }

            Insert(Encoding.UTF8.GetBytes(group.Key), chain[0]);
        }
    }

    /// <summary>The first field of a key, or null when the key is not mapped.</summary>
    /// <param name="key">The key, unescaped.</param>
    /// <returns>The field.</returns>
    public FieldTarget? Find(ReadOnlySpan<byte> key)
    {
        var mask = _slots.Length - 1;
        for (var i = Hash(key) & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref _slots[i];
            if (slot.Target is null || slot.Key.AsSpan().SequenceEqual(key))
            {
                return slot.Target;
            }
        }
    }

    private static int Hash(ReadOnlySpan<byte> key)
    {
        ulong word = 0;
        for (var i = 0; i < Math.Min(8, key.Length); i++)
        {
            word = (word << 8) | key[i];
        }

        return (int)((word + (ulong)key.Length) * 0x9E3779B97F4A7C15 >> 40);
    }

    private void Insert(byte[] key, FieldTarget target)
    {
        var mask = _slots.Length - 1;
        var i = Hash(key) & mask;
        while (_slots[i].Target is not null)
        {
            i = (i + 1) & mask;
        }

        _slots[i] = (key, target);
    }
}
