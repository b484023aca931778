r"""Who buys again, when customers may drop out after the first purchase as well? The MBG/NBD model [1]_.

The BG/NBD says that who bought only once is still a customer for certain. Here the first purchase is followed by a
chance to leave too (with x, :math:`t_x`, T as in `winback.purchases.bg_nbd`):

.. math:: L = \frac{B(a, b + x + 1)}{B(a, b)} \frac{\Gamma(r + x) \alpha^r}{\Gamma(r) (\alpha + T)^{r + x}}
          \left[1 + \frac{a}{b + x} \left(\frac{\alpha + T}{\alpha + t_x}\right)^{r + x}\right]

References
----------
.. [1] Batislam, E. P., Denizel, M. & Filiztekin, A. (2007). Empirical validation and comparison of models for customer
   base analysis. International Journal of Research in Marketing 24.
"""

from winback.purchases.bg_nbd import purchase_model

MBG_NBD = purchase_model("MBG/NBD", "customers may drop out after any purchase, the first one too", first=1)
